using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests;

public sealed class LogWeightHistogramTests : TensorTest
{
    [Test]
    public void Quantiles_OfNormalLogWeights_AreTheSortedOnes()
    {
        manual_seed(4);
        var (counts, _, sorted) = Histogram(randn(10, 1000, dtype: ScalarType.Float64) * 3, clip: null);
        foreach (var share in new[] { 0.01, 0.5, 0.99 })
        {
            Assert.That(LogWeightHistogram.Quantile(counts, share), Is.EqualTo(sorted[(int)(share * sorted.Length)]).Within(0.1), $"{share}");
        }
    }

    [Test]
    public void TopShare_OfClippedWeights_IsTheSortedOnes()
    {
        manual_seed(4);
        var (counts, weights, sorted) = Histogram(randn(10, 1000, dtype: ScalarType.Float64), clip: 1.5);
        var clipped = sorted.Select(value => Math.Exp(Math.Min(value, 1.5))).ToArray();
        var expected = clipped.TakeLast(100).Sum() / clipped.Sum();
        Assert.That(LogWeightHistogram.TopShare(counts, weights, 0.01), Is.EqualTo(expected).Within(1e-9));
    }

    [Test]
    public void Quantiles_OfValuesOutside_AreTheEnds()
    {
        var (counts, _, _) = Histogram(tensor(new[] { -50.0, -50, 50, 50 }).reshape(1, 4), clip: 3);
        Assert.That(LogWeightHistogram.Quantile(counts, 0.25), Is.EqualTo(-19.95).Within(0.06));
        Assert.That(LogWeightHistogram.Quantile(counts, 1), Is.EqualTo(20).Within(0.06));
    }

    [Test]
    public void Figures_OfAnObjectiveWithoutWeights_AreNotNumbers()
    {
        using var objective = new MleObjective();
        var loss = StepRunner.Run([objective], [[RandomStep.Of(seed: 1, numSequences: 2, length: 3, numTokens: 4)]]).Single();
        var summary = loss.Sums.Summarise();
        Assert.That(summary.MedianLogWeight, Is.NaN);
        Assert.That(summary.TopWeightShare, Is.NaN);
        Assert.That(summary.TokenSampleRatio, Is.EqualTo(1));
    }

    private static (double[] Counts, double[] Weights, double[] Sorted) Histogram(Tensor logWeights, double? clip)
    {
        var clipped = clip is { } bound ? logWeights.clamp_max(bound) : logWeights;
        var values = LogWeightHistogram.Of(new(logWeights, clipped, clipped.exp()), ones_like(logWeights, dtype: ScalarType.Bool)).Values();
        return (values[..LogWeightHistogram.NumBins], values[LogWeightHistogram.NumBins..], logWeights.Values().Order().ToArray());
    }
}
