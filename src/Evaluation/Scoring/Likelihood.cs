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

        var numTokens = sums.Sum(item => (long)item.Count);
        var total = sums.Sum(item => item.Sum);
        var perToken = total / numTokens;
        return new Likelihood(sums.Count, numTokens, perToken, RatioError(sums, perToken, numTokens), total / sums.Count);
    }

    /// <summary>Cochran, Sampling Techniques (1977), eq. 2.46, for draws from an infinite population.</summary>
    private static double RatioError(List<(double Sum, int Count)> sums, double ratio, long numTokens)
    {
        if (sums.Count < 2) return double.NaN;
        var squares = sums.Sum(item => Math.Pow(item.Sum - ratio * item.Count, 2));
        return Math.Sqrt(squares * sums.Count / (sums.Count - 1)) / numTokens;
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (var value in values) sum += value;
        return sum;
    }
}
