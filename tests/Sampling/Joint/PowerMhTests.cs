using Lhts.Models.Gpt;
using Lhts.Testing;
using static TorchSharp.torch;

namespace Lhts.Sampling.Joint.Tests;

/// <summary>Metropolis-Hastings on a model whose texts can all be counted.</summary>
public sealed class PowerMhTests : TensorTest
{
    private const int Length = 4;
    private static readonly int[] Prompt = [1];

    private int numThreads;

    /// <summary>The model is so small that threads would only wait for each other.</summary>
    [OneTimeSetUp]
    public void TakeOneThread()
    {
        numThreads = get_num_threads();
        set_num_threads(1);
    }

    [OneTimeTearDown]
    public void GiveThreadsBack() => set_num_threads(numThreads);

    // At T = 2, and with texts that end, even independent draws of so many texts of four tokens differ by more than 0.02 from where they come from.
    [TestCase(0.5, null, Length)]
    [TestCase(0.5, 0.8, Length)]
    [TestCase(2, null, 3)]
    public void Run_ManyChains_AreDrawsOfThePower(double temperature, double? proposalTemperature, int length)
    {
        using var model = EnumeratedTexts.Model(3);
        var texts = new EnumeratedTexts(model, Prompt, length);
        var options = Many(temperature) with { ProposalTemperature = proposalTemperature, MaxNewTokens = length };

        var result = new PowerMh(model, options).Run(Prompt);

        Assert.That(texts.TotalVariation(temperature, Even(result)), Is.LessThan(0.02));
        AssertBounds(result, texts.LogZ(temperature));
        Assert.That(result.AcceptanceRate, Is.InRange(0.2, 0.999));
        Assert.That(result.EffectiveSampleSize, Is.InRange(options.NumChains, result.NumStates));
    }

    [Test]
    public void Run_WithAnEndOfText_AreDrawsOfThePowerOfTextsThatEnd()
    {
        using var model = EnumeratedTexts.Model(3);
        var texts = new EnumeratedTexts(model, Prompt, length: 3, endOfText: 2);

        var result = new PowerMh(model, Many(0.6) with { EndOfText = 2, MaxNewTokens = 3 }).Run(Prompt);

        Assert.That(texts.TotalVariation(0.6, Even(result)), Is.LessThan(0.02));
        AssertBounds(result, texts.LogZ(0.6));
        Assert.That(result.Sequences.Select(text => text.IsComplete), Does.Contain(true).And.Contain(false));
    }

    [Test]
    public void Run_WithABannedTokenAndALongerPrompt_NeverHasItAndNormalisesTheOthers()
    {
        using var model = EnumeratedTexts.Model(3);
        var texts = new EnumeratedTexts(model, [0, 3], Length, banned: 2);

        var result = new PowerMh(model, Many(0.6) with { BannedTokens = [2] }).Run([0, 3]);

        Assert.That(texts.TotalVariation(0.6, Even(result)), Is.LessThan(0.02));
        AssertBounds(result, texts.LogZ(0.6));
    }

    [Test]
    public void Run_AtTemperatureOne_AcceptsEverything()
    {
        using var model = EnumeratedTexts.Model(3);

        var result = new PowerMh(model, Few(1)).Run(Prompt);

        Assert.That(result.AcceptanceRate, Is.EqualTo(1));
        Assert.That((result.Lower.LogZ, result.Upper), Is.EqualTo((0.0, 0.0)).Within(1e-12));
    }

    [Test]
    public void Run_Repeated_IsTheSameAndAnotherRunIsAnother()
    {
        using var model = EnumeratedTexts.Model(3);
        var sampler = new PowerMh(model, Few(0.5) with { NumChains = 32 });

        var (first, second, other) = (sampler.Run([1, 2]), sampler.Run([1, 2]), sampler.Run([1, 2], run: 1));

        Assert.That(first.Sequences.Select(text => text.Tokens), Is.EqualTo(second.Sequences.Select(text => text.Tokens)));
        Assert.That((first.Upper, first.NumTokens), Is.EqualTo((second.Upper, second.NumTokens)));
        Assert.That(first.Sequences.Select(text => text.Tokens), Is.Not.EqualTo(other.Sequences.Select(text => text.Tokens)));
    }

    [Test]
    public void Run_OfOneBlock_CountsItsTokensAndSteps()
    {
        using var model = EnumeratedTexts.Model(3);
        var counted = new List<int>();
        var options = Few(0.5) with { NumChains = 2, BlockSize = 1, StepsPerBlock = 3, MaxNewTokens = 1 };

        var result = new PowerMh(model, options).Run([1, 2], progress: new Listed(counted));

        Assert.That(counted, Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(new PowerMh(model, options).NumSteps(1), Is.EqualTo(3));
        Assert.That(result.NumTokens, Is.EqualTo(2), "texts of one token need the prompt's two alone");
    }

    [Test]
    public void EffectiveSampleSize_OfAKnownProcess_IsWithinATenth([Values(0, 0.5, 0.9)] double correlation)
    {
        const int NumChains = 50, NumSteps = 2000;
        var random = new Random(1);
        var chains = Enumerable.Range(0, NumChains).Select(_ =>
        {
            var value = Normal(random);
            return Enumerable.Range(0, NumSteps)
                .Select(_ => value = (correlation * value) + (Math.Sqrt(1 - (correlation * correlation)) * Normal(random))).ToArray();
        }).ToArray();

        var size = ChainMixing.EffectiveSampleSize(chains);

        // An autoregression of the first order has (1 - r) / (1 + r) of its states.
        Assert.That(size / (NumChains * NumSteps), Is.EqualTo((1 - correlation) / (1 + correlation)).Within(10).Percent);
    }

    [Test]
    public void EffectiveSampleSize_OfChainsThatStay_IsTheirNumber()
    {
        double[][] chains = [[1, 1, 1, 1], [5, 5, 5, 5]];

        Assert.That(ChainMixing.EffectiveSampleSize(chains), Is.LessThan(3));
    }

    [Test]
    public void Constructor_ManyFaults_ListsAllOfThem()
    {
        using var model = EnumeratedTexts.Model(3);
        var options = new PowerMhOptions { Temperature = -1, NumChains = 1, BlockSize = 0, StepsPerBlock = 0, MaxNewTokens = 0, EndOfText = 9 };

        var error = Assert.Throws<ArgumentException>(() => new PowerMh(model, options));

        foreach (var fault in (string[])["temperature is -1", "chains is 1", "block is 0", "steps is 0", "new tokens is 0", "end-of-text is token 9"])
        {
            Assert.That(error!.Message, Does.Contain(fault));
        }
    }

    [Test]
    public void Run_OfAModelWithNaN_SaysSo()
    {
        using var model = EnumeratedTexts.Model(3);
        using (no_grad()) model.TokenEmbedding.select(0, 1).fill_(double.NaN);

        Assert.That(() => new PowerMh(model, Few(0.5)).Run(Prompt), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("chain 0 at position 0"));
    }

    private static void AssertBounds(PowerMhResult result, double logZ)
    {
        Assert.That(result.Lower.FreeEnergy - (3 * result.Lower.FreeEnergyError), Is.LessThan(logZ));
        Assert.That(result.Upper + (3 * result.UpperError), Is.GreaterThan(logZ));
        Assert.That(result.Lower.FreeEnergy, Is.LessThan(result.Upper));
        Assert.That(result.Lower.LogZ, Is.EqualTo(logZ).Within(4 * result.Lower.LogZError));
    }

    private static IEnumerable<(SampledSequence, double)> Even(PowerMhResult result) =>
        result.Sequences.Select(text => (text, 1.0 / result.Sequences.Count));

    private static PowerMhOptions Many(double temperature) => new()
    {
        Temperature = temperature, NumChains = 40_000, BlockSize = 2, StepsPerBlock = 15, MaxNewTokens = Length, Seed = 1,
    };

    private static PowerMhOptions Few(double temperature) => Many(temperature) with { NumChains = 8, StepsPerBlock = 4 };

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private sealed class Listed(List<int> into) : IProgress<int>
    {
        public void Report(int value) => into.Add(value);
    }
}
