namespace Lhts.Evaluation;

/// <summary>What a model thinks of a sequence.</summary>
/// <param name="LogProbs">log p(token i | tokens before it) in nats, from the second token on: one fewer than the sequence has tokens.</param>
public sealed record ScoredSequence(float[] LogProbs)
{
    /// <summary>Log-probability of the sequence given its first token, in nats.</summary>
    public double Sum { get; } = LogProbs.Sum(value => (double)value);

    /// <summary>exp of the mean negative log-probability; <see cref="double.NaN"/> when nothing is scored.</summary>
    public double Perplexity => Math.Exp(-Sum / LogProbs.Length);
}
