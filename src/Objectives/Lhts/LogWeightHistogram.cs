using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// Counts of log weights before the clip and the weights after it, in bins of a tenth of a nat from -20 to 20: sums, so that quantiles
/// can be had of a whole step, whatever its micro-batches and ranks.
/// </summary>
internal static class LogWeightHistogram
{
    /// <summary>Bins; the first and the last take what lies outside.</summary>
    public const int NumBins = 400;

    private const double Lowest = -20;
    private const double Width = 0.1;

    /// <summary>(2 * bins) float64: counts, then weights, of valid positions.</summary>
    public static Tensor Of(LhtsWeights weights, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var bins = IndexOf(weights).reshape(-1);
        Tensor ByBin(Tensor values) => zeros(NumBins, dtype: ScalarType.Float64, device: mask.device).scatter_add_(0, bins, values.reshape(-1));
        return cat(new[] { ByBin(mask.to(ScalarType.Float64)), ByBin(weights.Weights) }, 0).MoveToOuterDisposeScope();
    }

    /// <summary>(T, 2 * bins) float64: the same for each of T groups of sequences.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="mask">(B, L) bool.</param>
    /// <param name="groups">(B) int64: the group of each sequence.</param>
    /// <param name="numGroups">T.</param>
    public static Tensor ByGroup(LhtsWeights weights, Tensor mask, Tensor groups, int numGroups)
    {
        using var scope = NewDisposeScope();
        var places = (groups.unsqueeze(1) * NumBins + IndexOf(weights)).reshape(-1); // (B*L)
        Tensor ByPlace(Tensor values) => zeros(numGroups * NumBins, dtype: ScalarType.Float64, device: mask.device)
            .scatter_add_(0, places, values.reshape(-1)).view(numGroups, NumBins);
        return cat(new[] { ByPlace(mask.to(ScalarType.Float64)), ByPlace(weights.Weights) }, 1).MoveToOuterDisposeScope();
    }

    /// <summary>The log weight that a share of the counts lies below, to a bin's width; NaN without counts.</summary>
    public static double Quantile(ReadOnlySpan<double> counts, double share)
    {
        var left = share * Sum(counts);
        if (left == 0) return double.NaN;
        for (var bin = 0; bin < NumBins; bin++)
        {
            if (left <= counts[bin]) return Lowest + Width * (bin + left / counts[bin]);
            left -= counts[bin];
        }

        return Lowest + Width * NumBins;
    }

    /// <summary>The share of all weight that the largest weights hold, a given share of the counts; NaN without weights.</summary>
    public static double TopShare(ReadOnlySpan<double> counts, ReadOnlySpan<double> weights, double share)
    {
        var left = share * Sum(counts);
        double held = 0;
        for (var bin = NumBins - 1; bin >= 0 && left > 0; bin--)
        {
            if (counts[bin] == 0) continue;
            var taken = Math.Min(left, counts[bin]);
            held += weights[bin] * taken / counts[bin];
            left -= taken;
        }

        return held / Sum(weights);
    }

    /// <summary>(B, L) int64: the bin of each log weight. One that is not a number has no bin and goes to the first.</summary>
    private static Tensor IndexOf(LhtsWeights weights)
    {
        using var scope = NewDisposeScope();
        var bins = ((weights.LogWeights - Lowest) * (1 / Width)).clamp(0, NumBins - 1);
        return where(bins.eq(bins), bins, zeros_like(bins)).to(ScalarType.Int64).MoveToOuterDisposeScope();
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (var value in values) sum += value;
        return sum;
    }
}
