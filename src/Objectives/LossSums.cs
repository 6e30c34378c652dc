using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>The figures of a loss as sums, which add up over micro-batches and ranks.</summary>
/// <param name="Totals">(K) float64: a place for each <see cref="LossSum"/>, then the histogram of log weights. Additive.</param>
/// <param name="MaxLogWeight">Scalar float64: combined by the maximum. Minus infinity where there are no weights.</param>
public sealed record LossSums(Tensor Totals, Tensor MaxLogWeight)
{
    private static readonly int NumSums = Enum.GetValues<LossSum>().Length;

    /// <summary>The weights by temperature, for objectives that have weights. Default null.</summary>
    public WeightSums? ByTemperature { get; init; }

    /// <summary>(S, K) float64: a row for each source of sequences with a column for each <see cref="LossSum"/>. Additive. Default null.</summary>
    public Tensor? BySource { get; init; }

    /// <summary>The same sums, known to be of sequences from one source.</summary>
    /// <param name="source">Which, from 0 to below <paramref name="numSources"/>.</param>
    /// <param name="numSources">S.</param>
    public LossSums OfSource(int source, int numSources)
    {
        using var scope = NewDisposeScope();
        var rows = zeros(new long[] { numSources, NumSums }, dtype: ScalarType.Float64, device: Totals.device);
        rows.select(0, source).copy_(Totals.narrow(0, 0, NumSums));
        return this with { BySource = rows.MoveToOuterDisposeScope() };
    }

    /// <summary>Puts scalars in the order of <see cref="LossSum"/>; what is not given is zero.</summary>
    public static LossSums Of(
        IReadOnlyDictionary<LossSum, Tensor> values, Tensor? maxLogWeight, Device device, Tensor? logWeightHistogram = null)
    {
        var totals = Enum.GetValues<LossSum>().Select(sum => values.TryGetValue(sum, out var value)
            ? value.to(ScalarType.Float64).reshape(1)
            : zeros(1, dtype: ScalarType.Float64, device: device));
        var histogram = logWeightHistogram ?? zeros(2 * LogWeightHistogram.NumBins, dtype: ScalarType.Float64, device: device);
        return new(cat(totals.Append(histogram).ToArray(), 0), maxLogWeight ?? full(1, double.NegativeInfinity, dtype: ScalarType.Float64, device: device));
    }

    /// <summary>The tensors that add up over ranks, live: the same number and shapes from every micro-batch of an objective.</summary>
    public IReadOnlyList<Tensor> Additive => new[] { Totals, ByTemperature?.Totals, BySource }.OfType<Tensor>().ToArray();

    /// <summary>Those of which the largest counts, likewise.</summary>
    public IReadOnlyList<Tensor> Maxima => ByTemperature is null ? [MaxLogWeight] : [MaxLogWeight, ByTemperature.MaxLogWeights];

    /// <summary>Lets both tensors outlive the current dispose scope.</summary>
    public LossSums MoveToOuterDisposeScope() => new(Totals.MoveToOuterDisposeScope(), MaxLogWeight.MoveToOuterDisposeScope())
    {
        ByTemperature = ByTemperature?.MoveToOuterDisposeScope(),
        BySource = BySource?.MoveToOuterDisposeScope(),
    };

    /// <summary>The sums of two micro-batches together.</summary>
    public LossSums Plus(LossSums other) => new(Totals + other.Totals, maximum(MaxLogWeight, other.MaxLogWeight))
    {
        ByTemperature = other.ByTemperature is { } added ? ByTemperature?.Plus(added) ?? added : ByTemperature,
        BySource = other.BySource is { } rows ? (BySource is null ? rows : BySource + rows) : BySource,
    };

    /// <summary>The means and ratios, once the sums of the step are complete.</summary>
    public LossSummary Summarise()
    {
        var totals = Totals.cpu().data<double>().ToArray();
        double At(LossSum sum) => totals[(int)sum];
        var counts = totals.AsSpan(^(2 * LogWeightHistogram.NumBins)..^LogWeightHistogram.NumBins);
        var weights = totals.AsSpan(^LogWeightHistogram.NumBins..);
        var tokens = At(LossSum.Tokens);
        var count = At(LossSum.Count);
        var squares = tokens * At(LossSum.WeightSquared);
        var sequenceSquares = At(LossSum.Sequences) * At(LossSum.SequenceWeightSquared);
        return new LossSummary
        {
            Loss = At(LossSum.Loss) / count,
            Likelihood = At(LossSum.Likelihood) / count,
            Kl = At(LossSum.Kl) / count,
            Surprisal = At(LossSum.Surprisal) / tokens,
            Auxiliary = At(LossSum.Auxiliary) / count,
            Tokens = tokens,
            Sequences = At(LossSum.Sequences),
            MeanWeight = At(LossSum.Weight) / tokens,
            MeanLogWeight = At(LossSum.LogWeight) / tokens,
            MaxLogWeight = MaxLogWeight.cpu().item<double>(),
            LowLogWeight = LogWeightHistogram.Quantile(counts, 0.01),
            MedianLogWeight = LogWeightHistogram.Quantile(counts, 0.5),
            HighLogWeight = LogWeightHistogram.Quantile(counts, 0.99),
            TopWeightShare = LogWeightHistogram.TopShare(counts, weights, 0.01),
            ClipFraction = At(LossSum.Clipped) / tokens,
            TokenSampleRatio = squares > 0 ? At(LossSum.Weight) * At(LossSum.Weight) / squares : 1,
            Weights = ByTemperature?.SummariseAll(),
            WeightsByTemperature = ByTemperature?.Summarise() ?? [],
            Sources = SummariseSources(),
            SequenceSampleRatio = sequenceSquares > 0 ? At(LossSum.SequenceWeight) * At(LossSum.SequenceWeight) / sequenceSquares : 1,
        };
    }

    private IReadOnlyList<SourceSummary?> SummariseSources()
    {
        if (BySource is null) return [];
        var sums = BySource.cpu().contiguous().data<double>().ToArray();
        return [.. Enumerable.Range(0, sums.Length / NumSums).Select(source => SourceSummary.Of(sums.AsSpan(source * NumSums, NumSums)))];
    }
}

/// <summary>The places in <see cref="LossSums.Totals"/>.</summary>
public enum LossSum
{
    /// <summary>What the loss is divided by, <see cref="IObjective.CountOf"/>.</summary>
    Count,

    /// <summary>Sequences with at least one valid position.</summary>
    Sequences,

    /// <summary>Valid positions.</summary>
    Tokens,

    /// <summary>The loss that is minimised.</summary>
    Loss,

    /// <summary>Its likelihood part, before the normaliser.</summary>
    Likelihood,

    /// <summary>The divergence from the teacher, in nats, before beta and the normaliser.</summary>
    Kl,

    /// <summary>-log q of the targets, unweighted.</summary>
    Surprisal,

    /// <summary>The loss of the objective's own parameters.</summary>
    Auxiliary,

    /// <summary>Weights.</summary>
    Weight,

    /// <summary>Squared weights.</summary>
    WeightSquared,

    /// <summary>Log weights before the clip.</summary>
    LogWeight,

    /// <summary>Positions whose log weight was above the clip.</summary>
    Clipped,

    /// <summary>Mean weights of the sequences.</summary>
    SequenceWeight,

    /// <summary>Squares of the mean weights of the sequences.</summary>
    SequenceWeightSquared,
}
