namespace Lhts.Evaluation;

/// <summary>How likely a set of sequences is under a model. All figures are in nats.</summary>
/// <param name="NumSequences">Sequences with at least one scored token.</param>
/// <param name="NumTokens">Scored tokens in all.</param>
/// <param name="PerToken">Mean log-likelihood of a token; <see cref="double.NaN"/> without tokens.</param>
/// <param name="PerTokenError">
/// Standard error of <paramref name="PerToken"/>. Tokens of one sequence depend on each other, so that sequences, not tokens, are the
/// independent draws: it is the error of a ratio of two sums over sequences. <see cref="double.NaN"/> with fewer than two of them.
/// </param>
/// <param name="PerSequence">Mean log-likelihood of a sequence.</param>
public sealed record Likelihood(int NumSequences, long NumTokens, double PerToken, double PerTokenError, double PerSequence)
{
    /// <summary>The figures of a set of sequences.</summary>
    /// <param name="logProbs">For each sequence the log-probabilities of its tokens; sequences without any are left out.</param>
    public static Likelihood Of(IEnumerable<ReadOnlyMemory<float>> logProbs)
    {
        var sums = new List<(double Sum, int Count)>();
        foreach (var sequence in logProbs)
        {
            if (sequence.Length > 0) sums.Add((Sum(sequence.Span), sequence.Length));
        }

        var (perToken, error) = RatioOfSums.Of(sums);
        return new Likelihood(sums.Count, sums.Sum(item => (long)item.Count), perToken, error, sums.Sum(item => item.Sum) / sums.Count);
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (var value in values) sum += value;
        return sum;
    }
}
