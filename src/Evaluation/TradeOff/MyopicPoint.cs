namespace Lhts.Evaluation;

/// <summary>A point of the teacher's myopic curve in the plane of likelihood and entropy.</summary>
/// <param name="Temperature">Of each token's draw.</param>
/// <param name="LogLikelihood">The teacher's mean log-likelihood of a token, in nats.</param>
/// <param name="Entropy">Entropy in nats a token.</param>
/// <param name="NumSamples">Texts that the two are means of.</param>
public sealed record MyopicPoint(double Temperature, double LogLikelihood, double Entropy, int NumSamples)
{
    /// <summary>The points of what was drawn at each temperature.</summary>
    public static IReadOnlyList<MyopicPoint> Of(IReadOnlyDictionary<double, ScoredDraws> tried) =>
        [.. tried.OrderBy(entry => entry.Key).Select(entry => new MyopicPoint(
            entry.Key, entry.Value.LogP.Sum() / entry.Value.NumTokens.Sum(count => (long)count), EntropyEstimate.Of(entry.Value).PerToken, entry.Value.Count))];
}
