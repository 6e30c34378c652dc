using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// Values, and amounts that go with them, in bins of one width: sums, so that quantiles can be had of a whole step, whatever its micro-batches and ranks.
/// B sequences, L positions.
/// </summary>
/// <param name="name">For messages.</param>
/// <param name="lowest">Where the first bin begins.</param>
/// <param name="width">Of a bin.</param>
/// <param name="numBins">The first and the last take what lies outside.</param>
public sealed class FigureHistogram(string name, double lowest, double width, int numBins)
{
    /// <summary>How many values are in each bin.</summary>
    public FigureColumn Counts { get; } = new($"{name} counts", numBins);

    /// <summary>What the amounts of each bin add up to.</summary>
    public FigureColumn Amounts { get; } = new($"{name} amounts", numBins);

    /// <summary>Adds the values of valid positions and their amounts.</summary>
    /// <param name="figures">Where they go.</param>
    /// <param name="values">(B, L) float64. One that is not a number has no bin and goes to the first.</param>
    /// <param name="amounts">(B, L) float64, zero where the mask is.</param>
    /// <param name="mask">(B, L) bool.</param>
    public void AddTo(FigureValues figures, Tensor values, Tensor amounts, Tensor mask)
    {
        var bins = ((values - lowest) * (1 / width)).clamp(0, numBins - 1);
        var index = where(bins.eq(bins), bins, zeros_like(bins)).to(ScalarType.Int64); // (B, L)
        Tensor ByBin(Tensor numbers) =>
            zeros([mask.shape[0], numBins], dtype: ScalarType.Float64, device: mask.device).scatter_add_(1, index, numbers); // (B, bins)
        figures.Add(Counts, ByBin(mask.to(ScalarType.Float64))).Add(Amounts, ByBin(amounts));
    }

    /// <summary>The value that a share of the counts lies below, to a bin's width; NaN without counts.</summary>
    public double Quantile(ReadOnlySpan<double> counts, double share)
    {
        var left = share * Sum(counts);
        if (left == 0) return double.NaN;
        for (var bin = 0; bin < numBins; bin++)
        {
            if (left <= counts[bin]) return lowest + width * (bin + left / counts[bin]);
            left -= counts[bin];
        }

        return lowest + width * numBins;
    }

    /// <summary>The share of all amounts that the largest values have, a given share of the counts; NaN without amounts.</summary>
    public double TopShare(ReadOnlySpan<double> counts, ReadOnlySpan<double> amounts, double share)
    {
        var left = share * Sum(counts);
        double found = 0;
        for (var bin = numBins - 1; bin >= 0 && left > 0; bin--)
        {
            if (counts[bin] == 0) continue;
            var taken = Math.Min(left, counts[bin]);
            found += amounts[bin] * taken / counts[bin];
            left -= taken;
        }

        return found / Sum(amounts);
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (var value in values) sum += value;
        return sum;
    }
}
