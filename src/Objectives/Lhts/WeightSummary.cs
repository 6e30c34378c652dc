namespace Lhts.Objectives;

/// <summary>Health of the weights of a step, over all temperatures or one. Log weights are in nats, before the clip.</summary>
public sealed record WeightSummary
{
    /// <summary>Valid positions; above 0.</summary>
    public required double Tokens { get; init; }

    /// <summary>The share of positions whose log weight was above the clip, 0 to 1.</summary>
    public required double ClipFraction { get; init; }

    /// <summary>Effective sample size over sample size, (sum w)^2 / (N sum w^2), of the weights after the clip (Kish 1965).</summary>
    public required double SampleRatio { get; init; }

    /// <summary>The same of the sequences' mean weights.</summary>
    public required double SequenceSampleRatio { get; init; }

    /// <summary>Mean weight after the clip: 1 at every prefix with an exact learned baseline and nothing clipped.</summary>
    public required double MeanWeight { get; init; }

    /// <summary>The share of all weight, after the clip, that the largest hundredth of the weights holds.</summary>
    public required double TopShare { get; init; }

    /// <summary>Mean log weight.</summary>
    public required double MeanLogWeight { get; init; }

    /// <summary>The largest log weight.</summary>
    public required double MaxLogWeight { get; init; }

    /// <summary>Root mean square of the log weights: what the baseline leaves of the scaled horizon sums.</summary>
    public required double BaselineError { get; init; }

    /// <summary>The 5%, 50% and 95% quantiles of the log weights, to 0.1 nats between -20 and 20.</summary>
    public required (double Low, double Median, double High) Quantiles { get; init; }

    /// <summary>Makes means of a row of <see cref="WeightSums.Totals"/>; null without a valid position.</summary>
    internal static WeightSummary? Of(ReadOnlySpan<double> totals, double maxLogWeight)
    {
        var tokens = totals[(int)WeightSum.Tokens];
        if (tokens == 0) return null;
        var counts = totals[^(2 * LogWeightHistogram.NumBins)..^LogWeightHistogram.NumBins];
        return new WeightSummary
        {
            Tokens = tokens,
            ClipFraction = totals[(int)WeightSum.Clipped] / tokens,
            SampleRatio = Ratio(tokens, totals[(int)WeightSum.Weight], totals[(int)WeightSum.WeightSquared]),
            SequenceSampleRatio = Ratio(
                totals[(int)WeightSum.Sequences], totals[(int)WeightSum.SequenceWeight], totals[(int)WeightSum.SequenceWeightSquared]),
            MeanWeight = totals[(int)WeightSum.Weight] / tokens,
            TopShare = LogWeightHistogram.TopShare(counts, totals[^LogWeightHistogram.NumBins..], 0.01),
            MeanLogWeight = totals[(int)WeightSum.LogWeight] / tokens,
            MaxLogWeight = maxLogWeight,
            BaselineError = Math.Sqrt(totals[(int)WeightSum.LogWeightSquared] / tokens),
            Quantiles = (
                LogWeightHistogram.Quantile(counts, 0.05), LogWeightHistogram.Quantile(counts, 0.5), LogWeightHistogram.Quantile(counts, 0.95)),
        };
    }

    private static double Ratio(double count, double sum, double squares) => squares > 0 ? sum * sum / (count * squares) : 1;
}
