using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests;

/// <summary>The worked example of the design: T = 1/3, no horizon, a baseline of -3 for each token that is left.</summary>
public sealed class WorkedExampleTests : TensorTest
{
    private static Tensor LogProbs => tensor(new[] { -2.0, -1, -3, -1, -1 }).reshape(1, 5);

    private static Tensor Mask => ones(1, 5, dtype: ScalarType.Bool);

    private static WeightInputs Inputs =>
        WeightInputs.Of(new(zeros_like(LogProbs, dtype: ScalarType.Int64), Mask, tensor(new[] { 1.0 / 3 })), new(LogProbs));

    [Test]
    public void HorizonSums_OfTheExample_AreAsWritten() =>
        Assert.That(HorizonSum.Of(LogProbs, Mask, horizon: null).Values(), Is.EqualTo(new[] { -8.0, -6, -5, -2, -1 }));

    [Test]
    public void Exponent_OfTheExample_IsTwo() =>
        Assert.That(Inputs.Exponents.Values()[0], Is.EqualTo(2).Within(1e-15));

    [Test]
    public void LogWeights_WithoutBaseline_AreTwiceTheSums() => Near.Assert(
        LhtsWeights.Of(Inputs, new NoBaseline(null), clip: null).LogWeights.Values(), [-16, -12, -10, -4, -2], 1e-12, "a*s");

    [Test]
    public void LogWeights_WithTheExamplesBaseline_AreAsWritten()
    {
        // The mean log-prob that has been seen at each position is -1.5, so a*s is raised by 3 for each token that is left.
        using var baseline = new RunningMeanBaseline(BaselineKind.IndexToken, horizon: null, maxLength: 5);
        Load(baseline, means: -1.5);

        var weights = LhtsWeights.Of(Inputs, baseline, clip: 1);

        Near.Assert(weights.LogWeights.Values(), [-1, 0, -1, 2, 1], 1e-12, "log weights");
        Near.Assert(weights.Clipped.Values(), [-1, 0, -1, 1, 1], 1e-12, "clipped");
        Near.Assert(weights.Weights.Values(), new[] { -1.0, 0, -1, 1, 1 }.Select(Math.Exp).ToArray(), 1e-12, "weights");
    }

    private static void Load(RunningMeanBaseline baseline, double means)
    {
        var counts = full(5, 1000.0, dtype: ScalarType.Float64);
        var sums = (counts + RunningMeanBaseline.PriorCount) * means;
        baseline.Load(new Dictionary<string, Tensor> { ["baseline"] = stack(new[] { sums, counts }, 0) });
    }
}
