using Lhts.Models.Gpt;
using Lhts.Testing;
using static TorchSharp.torch;

namespace Lhts.Sampling.Joint.Tests;

/// <summary>Sequential Monte Carlo on a model whose texts can all be counted.</summary>
public sealed class PowerSmcTests : TensorTest
{
    private const int Length = 6;
    private static readonly int[] Prompt = [1];

    /// <summary>Teacher at T, teacher at another myopic temperature, a student, a student with a look-ahead.</summary>
    public enum Proposal
    {
        Teacher,
        OtherTemperature,
        Student,
        LookAhead,
    }

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

    [Test]
    public void Run_ManyParticles_AreDrawsOfThePower([Values] Proposal proposal)
    {
        const double Temperature = 0.5;
        using var teacher = EnumeratedTexts.Model(3);
        using var student = EnumeratedTexts.Near(teacher);
        var texts = new EnumeratedTexts(teacher, Prompt, Length);
        Assert.That(texts.Count, Is.EqualTo(4096));
        var options = Options(proposal, Temperature) with { NumParticles = 10_000, NumRuns = 4, ResampleBelow = 1 };

        var result = Make(proposal, teacher, student, options).Run(Prompt);

        Assert.That(texts.TotalVariation(Temperature, result.Sequences.Zip(result.Weights())), Is.LessThan(0.02));
        Assert.That(result.LogZ, Is.EqualTo(texts.LogZ(Temperature)).Within(3 * result.LogZError));
        Assert.That(result.LogZError, Is.LessThan(0.02));
    }

    [Test]
    public void Run_FewParticles_HaveAnUnbiasedZ([Values] Proposal proposal, [Values(1, 2, 4, 6)] int seed)
    {
        using var teacher = EnumeratedTexts.Model(seed);
        using var student = EnumeratedTexts.Near(teacher);
        var options = Options(proposal, 0.5) with { NumParticles = 8, NumRuns = 200, ResampleBelow = 0.9 };

        var result = Make(proposal, teacher, student, options).Run(Prompt);

        Assert.That(result.NumResamplings, Is.GreaterThan(50), "it is resampling that is tested");
        Assert.That(result.LogZ, Is.EqualTo(new EnumeratedTexts(teacher, Prompt, Length).LogZ(0.5)).Within(3 * result.LogZError));
        Assert.That(result.LogZError, Is.LessThan(0.1));
    }

    [Test]
    public void Run_WithAnEndOfText_AreDrawsOfThePowerOfTextsThatEnd()
    {
        using var teacher = EnumeratedTexts.Model(3);
        var texts = new EnumeratedTexts(teacher, Prompt, Length, endOfText: 2);
        var options = Options(Proposal.Teacher, 0.6) with { NumParticles = 10_000, NumRuns = 4, EndOfText = 2 };

        var result = new PowerSmc(teacher, options).Run(Prompt);

        Assert.That(texts.TotalVariation(0.6, result.Sequences.Zip(result.Weights())), Is.LessThan(0.02));
        Assert.That(result.LogZ, Is.EqualTo(texts.LogZ(0.6)).Within(3 * result.LogZError));
        Assert.That(result.Sequences.Select(text => text.IsComplete), Does.Contain(true).And.Contain(false));
    }

    [Test]
    public void Run_WithABannedToken_NeverHasItAndNormalisesTheOthers()
    {
        using var teacher = EnumeratedTexts.Model(3);
        var texts = new EnumeratedTexts(teacher, [0, 3], Length, banned: 2);
        var options = Options(Proposal.Teacher, 0.6) with { NumParticles = 10_000, NumRuns = 4, BannedTokens = [2] };

        var result = new PowerSmc(teacher, options).Run([0, 3]);

        Assert.That(texts.TotalVariation(0.6, result.Sequences.Zip(result.Weights())), Is.LessThan(0.02));
        Assert.That(result.LogZ, Is.EqualTo(texts.LogZ(0.6)).Within(3 * result.LogZError));
        Assert.That(result.Sequences.Select(text => text.Generated.Contains(2)), Is.All.False);
    }

    [Test]
    public void Run_AtTemperatureOne_HasEvenWeightsAndNoZ()
    {
        using var teacher = EnumeratedTexts.Model(3);

        var result = new PowerSmc(teacher, Options(Proposal.Teacher, 1)).Run(Prompt);

        Assert.That(result.LogZ, Is.Zero.Within(1e-12));
        Assert.That(result.NumResamplings, Is.Zero);
        Assert.That(result.EffectiveSampleSize, Is.EqualTo(result.Sequences.Count).Within(1e-9));
    }

    [Test]
    public void Run_Repeated_IsTheSameAndCountsItsTokens()
    {
        using var teacher = EnumeratedTexts.Model(3);
        using var student = EnumeratedTexts.Model(4, TemperatureConditioning.EveryPosition);
        var options = Options(Proposal.Student, 0.5) with { NumParticles = 32, NumRuns = 2, Seed = 9 };

        var (first, second) = (new PowerSmc(teacher, options, student).Run([1, 2]), new PowerSmc(teacher, options, student).Run([1, 2]));

        Assert.That(first.Sequences.Select(text => text.Tokens), Is.EqualTo(second.Sequences.Select(text => text.Tokens)));
        Assert.That(first.LogZ, Is.EqualTo(second.LogZ));
        // Two runs: the prompt's two tokens once, then every particle's tokens but the last, which nothing follows.
        Assert.That(first.NumTeacherTokens, Is.EqualTo(2 * (2 + (32 * (Length - 1)))));
        Assert.That(first.NumStudentTokens, Is.EqualTo(first.NumTeacherTokens));
        Assert.That(first.Runs[0].EffectiveSampleSizes, Has.Count.EqualTo(Length + 1));
    }

    [Test]
    public void Run_ThatNeverResamples_GivesImportanceWeightsWithTheirBounds()
    {
        using var teacher = EnumeratedTexts.Model(3);
        using var student = EnumeratedTexts.Near(teacher);
        var logZ = new EnumeratedTexts(teacher, Prompt, Length).LogZ(0.7);
        var options = Options(Proposal.Student, 0.7) with { NumParticles = 5000, NumRuns = 4, ResampleBelow = 0 };

        var estimate = ImportanceEstimate.Of(new PowerSmc(teacher, options, student).Run(Prompt));

        Assert.That(estimate.LogZ, Is.EqualTo(logZ).Within(3 * estimate.LogZError));
        Assert.That(estimate.FreeEnergy + (3 * estimate.FreeEnergyError), Is.LessThan(logZ), "KL(q, p_T) is far from 0 here");
        Assert.That(estimate.EffectiveSampleSize, Is.GreaterThan(1).And.LessThan(20_000));
    }

    [Test]
    public void Resample_OfARun_FollowsItsWeights()
    {
        SampledSequence[] texts = [new([1], 0, false), new([2], 0, false)];
        var (half, all) = (Math.Log(0.5), 0.0);
        // Run one has Z 1 and weights 1 : 1, run two Z 3 and only its second text.
        SmcRun[] runs = [new(texts, [half, half], Math.Log(1), [], 0), new(texts, [double.NegativeInfinity, all], Math.Log(3), [], 1)];
        var result = new PowerSmcResult(runs, 0, 0);

        Assert.That(result.Weights(), Is.EqualTo(new[] { 0.125, 0.125, 0, 0.75 }).Within(1e-12));
        Assert.That(result.LogZ, Is.EqualTo(Math.Log(2)).Within(1e-12));
        Assert.That(result.Resample(8, 1).Count(text => text.Tokens[0] == 1), Is.EqualTo(1));
    }

    [Test]
    public void Constructor_ManyFaults_ListsAllOfThem()
    {
        using var teacher = EnumeratedTexts.Model(3);
        var options = new PowerSmcOptions
        {
            Temperature = 0, ProposalTemperature = double.NaN, NumParticles = 1, NumRuns = 0, ResampleBelow = 2, MaxNewTokens = 0, EndOfText = 4,
            BannedTokens = [0, 1, 2, 3, 7],
        };

        var error = Assert.Throws<ArgumentException>(() => new PowerSmc(teacher, options));

        string[] faults =
        [
            "temperature is 0", "proposal temperature is NaN", "particles is 1", "runs is 0", "resample below is 2", "new tokens is 0",
            "end-of-text is token 4",
            "banned token 7", "every token is banned",
        ];
        foreach (var fault in faults) Assert.That(error!.Message, Does.Contain(fault));
    }

    [Test]
    public void Run_BadPrompt_IsNamed()
    {
        using var teacher = EnumeratedTexts.Model(3);
        var smc = new PowerSmc(teacher, new PowerSmcOptions());

        Assert.That(() => smc.Run([]), Throws.ArgumentException.With.Message.Contains("0 tokens"));
        Assert.That(() => smc.Run(new int[8]), Throws.ArgumentException.With.Message.Contains("8 tokens; this model takes 1 to 7"));
        Assert.That(() => smc.Run([4]), Throws.ArgumentException.With.Message.Contains("0 to 3"));
    }

    [Test]
    public void Run_OfAModelWithNaN_SaysSo()
    {
        using var teacher = EnumeratedTexts.Model(3);
        using (no_grad()) teacher.TokenEmbedding.select(0, 1).fill_(double.NaN);

        Assert.That(() => new PowerSmc(teacher, new PowerSmcOptions { Temperature = 0.5 }).Run(Prompt), Throws.InstanceOf<InvalidDataException>());
    }

    private static PowerSmcOptions Options(Proposal proposal, double temperature) => new()
    {
        Temperature = temperature, MaxNewTokens = Length, Seed = 1, ProposalTemperature = proposal == Proposal.OtherTemperature ? 0.8 : null,
    };

    private static PowerSmc Make(Proposal proposal, Gpt2 teacher, Gpt2 student, PowerSmcOptions options) => proposal switch
    {
        Proposal.Student => new PowerSmc(teacher, options, student),
        Proposal.LookAhead => new PowerSmc(
            teacher, options, student, (states, _, numGenerated) =>
                [.. states.select(1, 0).data<float>().ToArray().Select(value => (value * 0.3) - (0.2 * numGenerated))]),
        _ => new PowerSmc(teacher, options),
    };
}
