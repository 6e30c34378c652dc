namespace Lhts.Objectives;

/// <summary>The figures of those sequences of a step that come from one source.</summary>
/// <param name="Sequences">Sequences with a valid position; above 0.</param>
/// <param name="Loss">Their loss, divided by their own count.</param>
/// <param name="Surprisal">Mean over their valid positions of -log q, in nats.</param>
/// <param name="TokenSampleRatio">Effective sample size of their weights over their number; null without weights.</param>
public sealed record SourceSummary(double Sequences, double Loss, double Surprisal, double? TokenSampleRatio)
{
    /// <summary>Makes means of sums; null without a sequence.</summary>
    /// <param name="sums">A number for each <see cref="LossSum"/>.</param>
    internal static SourceSummary? Of(ReadOnlySpan<double> sums)
    {
        var (sequences, tokens) = (sums[(int)LossSum.Sequences], sums[(int)LossSum.Tokens]);
        if (sequences == 0) return null;
        var (weight, squares) = (sums[(int)LossSum.Weight], sums[(int)LossSum.WeightSquared]);
        return new(
            sequences, sums[(int)LossSum.Loss] / sums[(int)LossSum.Count], sums[(int)LossSum.Surprisal] / tokens,
            squares > 0 ? weight * weight / (tokens * squares) : null);
    }
}
