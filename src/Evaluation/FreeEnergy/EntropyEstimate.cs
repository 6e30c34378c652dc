namespace Lhts.Evaluation;

/// <summary>The entropy H(q) = -E[log q(x)] of the distribution that sequences were drawn from, in nats.</summary>
/// <param name="PerToken">Mean over generated tokens.</param>
/// <param name="StandardError">Of <paramref name="PerToken"/>, with sequences as the independent draws.</param>
/// <param name="PerSequence">Mean over sequences.</param>
/// <param name="PerSequenceError">Its standard error.</param>
public sealed record EntropyEstimate(double PerToken, double StandardError, double PerSequence, double PerSequenceError)
{
    /// <summary>The entropy that draws tell.</summary>
    public static EntropyEstimate Of(ScoredDraws draws)
    {
        var (perToken, error) = RatioOfSums.Of([.. draws.LogQ.Zip(draws.NumTokens, (logQ, count) => (-logQ, count))]);
        var perSequence = Figure.MeanOf([.. draws.LogQ.Select(logQ => -logQ)]);
        return new(perToken, error, perSequence.Value, perSequence.StandardError);
    }
}
