using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Figures;

public sealed class FigureHistogramTests : TensorTest
{
    private static readonly FigureHistogram Bins = new("test", lowest: -20, width: 0.1, numBins: 400);

    [Test]
    public void Quantiles_OfNormalValues_AreTheSortedOnes()
    {
        manual_seed(4);
        var (counts, _, sorted) = Histogram(randn(10, 1000, dtype: ScalarType.Float64) * 3, clip: 99);
        foreach (var share in new[] { 0.01, 0.5, 0.99 })
        {
            Assert.That(Bins.Quantile(counts, share), Is.EqualTo(sorted[(int)(share * sorted.Length)]).Within(0.1), $"{share}");
        }
    }

    [Test]
    public void TopShare_OfClippedWeights_IsTheSortedOnes()
    {
        manual_seed(4);
        var (counts, weights, sorted) = Histogram(randn(10, 1000, dtype: ScalarType.Float64), clip: 1.5);
        var clipped = sorted.Select(value => Math.Exp(Math.Min(value, 1.5))).ToArray();
        var expected = clipped.TakeLast(100).Sum() / clipped.Sum();
        Assert.That(Bins.TopShare(counts, weights, 0.01), Is.EqualTo(expected).Within(1e-9));
    }

    [Test]
    public void Quantiles_OfValuesOutside_AreTheEnds()
    {
        var (counts, _, _) = Histogram(tensor(new[] { -50.0, -50, 50, 50 }).reshape(1, 4), clip: 3);
        Assert.That(Bins.Quantile(counts, 0.25), Is.EqualTo(-19.95).Within(0.06));
        Assert.That(Bins.Quantile(counts, 1), Is.EqualTo(20).Within(0.06));
    }

    [Test]
    public void Figures_OfNoValues_AreNotNumbers()
    {
        var nothing = new double[400];
        Assert.That(Bins.Quantile(nothing, 0.5), Is.NaN);
        Assert.That(Bins.TopShare(nothing, nothing, 0.01), Is.NaN);
    }

    private static (double[] Counts, double[] Weights, double[] Sorted) Histogram(Tensor values, double clip)
    {
        var mask = ones_like(values, dtype: ScalarType.Bool);
        var figures = new FigureValues(mask);
        Bins.AddTo(figures, values, values.clamp_max(clip).exp(), mask);
        return (figures.Of(Bins.Counts)!.sum(dim: 0).Values(), figures.Of(Bins.Amounts)!.sum(dim: 0).Values(), values.Values().Order().ToArray());
    }
}
