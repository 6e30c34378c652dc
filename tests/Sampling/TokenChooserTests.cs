using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Sampling.Tests;

/// <summary>From logits to a token, on distributions worked out by hand.</summary>
public sealed class TokenChooserTests : TensorTest
{
    // Probabilities 0.1, 0.2, 0.4, 0.3.
    private static readonly double[] Probabilities = [0.1, 0.2, 0.4, 0.3];

    [TestCase(0.0, 0)]
    [TestCase(0.099, 0)]
    [TestCase(0.101, 1)]
    [TestCase(0.299, 1)]
    [TestCase(0.301, 2)]
    [TestCase(0.699, 2)]
    [TestCase(0.701, 3)]
    [TestCase(0.9999999, 3)]
    public void Choose_AtTemperatureOne_InvertsTheCumulativeDistribution(double uniform, int expected) =>
        Assert.That(Choose(uniform, new SamplingOptions()), Is.EqualTo(expected));

    // Squares 0.01, 0.04, 0.16, 0.09 over their sum 0.30: cumulative 0.0333, 0.1667, 0.7, 1.
    [TestCase(0.033, 0)]
    [TestCase(0.034, 1)]
    [TestCase(0.166, 1)]
    [TestCase(0.167, 2)]
    [TestCase(0.699, 2)]
    [TestCase(0.701, 3)]
    public void Choose_AtTemperatureOneHalf_SquaresProbabilities(double uniform, int expected) =>
        Assert.That(Choose(uniform, new SamplingOptions { Temperature = 0.5 }), Is.EqualTo(expected));

    [TestCase(0.0)]
    [TestCase(0.999)]
    public void Choose_AtTemperatureZero_TakesTheLikeliest(double uniform) =>
        Assert.That(Choose(uniform, new SamplingOptions { Temperature = 0 }), Is.EqualTo(2));

    // The two likeliest, in the order of the vocabulary: 0.4 and 0.3 over 0.7.
    [TestCase(0.0, 2)]
    [TestCase(0.571, 2)]
    [TestCase(0.572, 3)]
    [TestCase(0.999, 3)]
    public void Choose_TopTwo_KeepsTheTwoLikeliest(double uniform, int expected) =>
        Assert.That(Choose(uniform, new SamplingOptions { TopK = 2 }), Is.EqualTo(expected));

    // By falling probability 0.4, 0.3, 0.2: the third is needed to reach 0.8. In the order of the vocabulary 0.2, 0.4, 0.3 over 0.9: 0.222, 0.667, 1.
    [TestCase(0.222, 1)]
    [TestCase(0.223, 2)]
    [TestCase(0.666, 2)]
    [TestCase(0.667, 3)]
    [TestCase(0.999, 3)]
    public void Choose_TopEightTenths_KeepsThree(double uniform, int expected) =>
        Assert.That(Choose(uniform, new SamplingOptions { TopP = 0.8 }), Is.EqualTo(expected));

    [TestCase(0.0)]
    [TestCase(0.999)]
    public void Choose_TopPBelowTheLikeliest_KeepsIt(double uniform) =>
        Assert.That(Choose(uniform, new SamplingOptions { TopP = 0.01 }), Is.EqualTo(2));

    [Test]
    public void Choose_TokenOfProbabilityZero_IsNeverChosen([Values(0.0, 0.5, 1 - 1.0 / (1L << 52))] double uniform)
    {
        var logits = tensor(new[] { double.NegativeInfinity, 0, double.NegativeInfinity }).view(1, 3);

        Assert.That(TokenChooser.Choose(logits, [uniform], new SamplingOptions()).Tokens, Is.EqualTo(new[] { 1L }));
    }

    // The token drawn at 0.5 and its share of what is left: 0.4; 0.16 / 0.30; 0.4 / 0.7; 0.4 / 0.9; 1.
    [TestCase(1, null, 1, 2, 0.4)]
    [TestCase(0.5, null, 1, 2, 0.16 / 0.30)]
    [TestCase(1, 2, 1, 2, 0.4 / 0.7)]
    [TestCase(1, null, 0.8, 2, 0.4 / 0.9)]
    [TestCase(0, null, 1, 2, 1)]
    public void Choose_Token_HasTheLogOfItsShare(double temperature, int? topK, double topP, int expected, double share)
    {
        var options = new SamplingOptions { Temperature = temperature, TopK = topK, TopP = topP };

        var chosen = TokenChooser.Choose(tensor(Probabilities).log().view(1, 4), [0.5], options);

        Assert.That(chosen.Tokens[0], Is.EqualTo(expected));
        Assert.That(chosen.LogProbs[0], Is.EqualTo(Math.Log(share)).Within(1e-6));
    }

    [Test]
    public void Choose_WithARowThatIsNoDistribution_NamesIt(
        [Values(double.NaN, double.PositiveInfinity)] double fault, [Values(0, 1, 0.5)] double temperature, [Values(1, 0.5)] double topP)
    {
        var logits = tensor(new[] { 0, 1.0, 2, 0, 1, fault, 1, 2, 3 }).view(3, 3);

        var chosen = TokenChooser.Choose(logits, [0.2, 0.2, 0.2], new SamplingOptions { Temperature = temperature, TopP = topP });

        Assert.That(chosen.FirstFault, Is.EqualTo(1));
        Assert.That(chosen.LogProbs[2], Is.Not.NaN);
    }

    [Test]
    public void Search_InMemory_IsThatOfTheOperatorsToTheBit([Values(1, 2, 63, 64, 65, 1000)] int numTokens, [Values(1, 4, 7)] int numRows)
    {
        var weights = randn([numRows, numTokens], ScalarType.Float64, generator: new Generator((ulong)(numTokens + numRows))).mul(3).exp();
        weights.masked_fill_(weights.lt(0.2).logical_and(weights.lt(weights.amax(1).unsqueeze(1))), 0);
        for (var draw = 0; draw < 50; draw++)
        {
            double[] uniforms = [.. Enumerable.Range(0, numRows).Select(row => CounterRandom.Uniform((ulong)draw, row, 0))];

            var (found, expected) = (CumulativeSearch.Find(weights, uniforms), CumulativeSearch.FindOnDevice(weights, uniforms));

            Assert.That(found.Tokens, Is.EqualTo(expected.Tokens));
            Assert.That(found.LogProbs, Is.EqualTo(expected.LogProbs).Within(1e-6));
        }
    }

    [Test]
    public void Choose_ManyDraws_FollowTheDistribution()
    {
        const int NumDraws = 10_000;
        var logits = tensor(Probabilities).log().view(1, 4).expand(NumDraws, 4);
        double[] uniforms = [.. Enumerable.Range(0, NumDraws).Select(i => CounterRandom.Uniform(1, i, 0))];

        var counts = TokenChooser.Choose(logits, uniforms, new SamplingOptions()).Tokens.CountBy(token => token).ToDictionary();

        // Four standard errors; the draws are fixed, so this either holds or does not.
        for (var token = 0; token < 4; token++)
        {
            var p = Probabilities[token];
            Assert.That(counts[token] / (double)NumDraws, Is.EqualTo(p).Within(4 * Math.Sqrt(p * (1 - p) / NumDraws)));
        }
    }

    private static long Choose(double uniform, SamplingOptions options) =>
        TokenChooser.Choose(tensor(Probabilities).log().view(1, 4), [uniform], options).Tokens[0];
}
