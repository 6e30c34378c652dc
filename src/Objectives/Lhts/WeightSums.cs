using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// Health of the weights for each of T temperatures, as sums that add up over micro-batches and ranks. B sequences, L positions, K columns.
/// </summary>
/// <param name="Totals">(T, K) float64: a column for each <see cref="WeightSum"/>, then the histogram of log weights and weights. Additive.</param>
/// <param name="MaxLogWeights">(T) float64, before the clip: combined by the maximum. Minus infinity where there are no weights.</param>
public sealed record WeightSums(Tensor Totals, Tensor MaxLogWeights)
{
    /// <summary>Sums the weights of a micro-batch.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="batch">Mask and temperatures.</param>
    /// <param name="bins">Which temperatures are summed together.</param>
    /// <param name="clip">The bound that was used.</param>
    internal static WeightSums Of(LhtsWeights weights, ObjectiveBatch batch, TemperatureBins bins, double? clip)
    {
        using var scope = NewDisposeScope();
        var mask = batch.Mask;
        var index = bins.IndexOf(batch.Temperatures); // (B)
        var isOfBin = index.unsqueeze(0).eq(arange(bins.Count, device: mask.device).unsqueeze(1)); // (T, B)
        var clipped = clip is { } bound ? weights.LogWeights.gt(bound).logical_and(mask) : zeros_like(mask);
        Tensor[] columns = [mask, weights.Weights, weights.Weights.square(), weights.LogWeights, weights.LogWeights.square(), clipped];
        var sumsOfTokens = columns.Select(column => column.to(ScalarType.Float64).sum(dim: 1)).ToArray(); // (B) each
        var counted = sumsOfTokens[0].gt(0.0).to(ScalarType.Float64);
        var sequenceWeights = sumsOfTokens[1] / sumsOfTokens[0].clamp_min(1.0);
        var bySequence = stack([.. sumsOfTokens, counted, sequenceWeights, sequenceWeights.square()], 1); // (B, K)
        var sums = isOfBin.to(ScalarType.Float64).matmul(bySequence);
        var histogram = LogWeightHistogram.ByGroup(weights, mask, index, bins.Count); // (T, 2 * bins of the histogram)

        var lowest = full(1, double.NegativeInfinity, dtype: ScalarType.Float64, device: mask.device);
        var highest = where(mask, weights.LogWeights, lowest).amax([1]); // (B)
        var max = where(isOfBin, highest.unsqueeze(0), lowest).amax([1]); // (T)
        return new(cat(new[] { sums, histogram }, 1).MoveToOuterDisposeScope(), max.MoveToOuterDisposeScope());
    }

    /// <summary>Lets both tensors outlive the current dispose scope.</summary>
    public WeightSums MoveToOuterDisposeScope() => new(Totals.MoveToOuterDisposeScope(), MaxLogWeights.MoveToOuterDisposeScope());

    /// <summary>The sums of two micro-batches together.</summary>
    public WeightSums Plus(WeightSums other) => new(Totals + other.Totals, maximum(MaxLogWeights, other.MaxLogWeights));

    /// <summary>The figures of each temperature in the order of the bins; null where the step had no weight.</summary>
    public IReadOnlyList<WeightSummary?> Summarise()
    {
        using var scope = NewDisposeScope();
        var (rows, width) = ((int)Totals.shape[0], (int)Totals.shape[1]);
        var totals = Totals.cpu().contiguous().data<double>().ToArray();
        var max = MaxLogWeights.cpu().data<double>().ToArray();
        return [.. Enumerable.Range(0, rows).Select(row => WeightSummary.Of(totals.AsSpan(row * width, width), max[row]))];
    }

    /// <summary>The figures of all temperatures together; null where the step had no weight.</summary>
    public WeightSummary? SummariseAll()
    {
        using var scope = NewDisposeScope();
        return WeightSummary.Of(Totals.sum(dim: 0).cpu().data<double>().ToArray(), MaxLogWeights.max().cpu().item<double>());
    }
}

/// <summary>The first columns of <see cref="WeightSums.Totals"/>.</summary>
public enum WeightSum
{
    /// <summary>Valid positions.</summary>
    Tokens,

    /// <summary>Weights, after the clip.</summary>
    Weight,

    /// <summary>Squared weights.</summary>
    WeightSquared,

    /// <summary>Log weights before the clip.</summary>
    LogWeight,

    /// <summary>Squared log weights before the clip.</summary>
    LogWeightSquared,

    /// <summary>Positions whose log weight was above the clip.</summary>
    Clipped,

    /// <summary>Sequences with a valid position.</summary>
    Sequences,

    /// <summary>Mean weights of the sequences.</summary>
    SequenceWeight,

    /// <summary>Squares of the mean weights of the sequences.</summary>
    SequenceWeightSquared,
}
