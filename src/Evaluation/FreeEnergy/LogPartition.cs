namespace Lhts.Evaluation;

/// <summary>A bound of log Z_T that importance weights give.</summary>
/// <param name="Value">The bound, in nats.</param>
/// <param name="StandardError">By the delta method; too small where few sequences carry the sum.</param>
/// <param name="EffectiveSampleSize">(sum w)^2 / sum w^2, from 1 to the number of sequences: below about a tenth of these the bound is not tight.</param>
public sealed record PartitionBound(double Value, double StandardError, double EffectiveSampleSize);

/// <summary>
/// What sequences tell of log Z_T, the log of what p^(1/T) sums to, which turns a free energy into a divergence: KL(q || p_T) = log Z_T - F_T(q).
/// </summary>
public static class LogPartition
{
    /// <summary>
    /// From below: log mean exp(log p/T - log q) over sequences of any q, a student above all. Its expectation is at most log Z_T (Jensen) and comes
    /// nearer as sequences are added (Burda et al. 2016).
    /// </summary>
    public static PartitionBound LowerBound(ScoredDraws draws, double temperature) => LogMeanExp([.. draws.LogWeights(temperature)]);

    /// <summary>
    /// From above: -log mean exp(log q - log p/T) over sequences of p_T itself, which a reference sampler draws; q is any distribution whose log-probs
    /// of these sequences are at hand (Sohl-Dickstein and Culpepper 2012). As far as the sequences are not quite p_T's it is an estimate, not a bound.
    /// </summary>
    public static PartitionBound UpperBound(ScoredDraws reference, double temperature)
    {
        var bound = LogMeanExp([.. reference.LogWeights(temperature).Select(weight => -weight)]);
        return bound with { Value = -bound.Value };
    }

    /// <summary>
    /// A distribution's own estimate of KL(q || p_T), without Z: half the variance of log p/T - log q. Exact to second order near p_T; too small where
    /// q has lost modes of p_T, since it then sees none of what it lacks.
    /// </summary>
    public static Figure OwnDivergence(ScoredDraws draws, double temperature)
    {
        var weights = draws.LogWeights(temperature);
        var mean = weights.Average();
        var halves = Figure.MeanOf([.. weights.Select(weight => (weight - mean) * (weight - mean) / 2)]);
        return halves with { Value = halves.Value * weights.Count / (weights.Count - 1) };
    }

    private static PartitionBound LogMeanExp(double[] logWeights)
    {
        var largest = logWeights.Max();
        double[] weights = [.. logWeights.Select(weight => Math.Exp(weight - largest))];
        var mean = Figure.MeanOf(weights);
        var squares = weights.Sum(weight => weight * weight);
        var size = Math.Pow(weights.Sum(), 2) / squares;
        return new(largest + Math.Log(mean.Value), mean.StandardError / mean.Value, size);
    }
}
