using Lhts.Sampling;

namespace Lhts.Evaluation;

/// <summary>The part of a score that belongs to what was generated, not to the prompt.</summary>
public static class GeneratedTokens
{
    /// <summary>Log-probability i belongs to token i + 1, so that of the first generated token is at the prompt's length less one.</summary>
    /// <exception cref="ArgumentException">The score is of another sequence.</exception>
    public static ReadOnlyMemory<float> LogProbs(SampledSequence sample, ScoredSequence score)
    {
        if (score.LogProbs.Length != sample.Tokens.Length - 1)
        {
            throw new ArgumentException(
                $"A sample of {sample.Tokens.Length} tokens was given {score.LogProbs.Length} log-probabilities; it has {sample.Tokens.Length - 1}.");
        }

        return score.LogProbs.AsMemory(sample.PromptLength - 1);
    }

    /// <summary>Their sum, in nats.</summary>
    public static double Sum(SampledSequence sample, ScoredSequence score)
    {
        double sum = 0;
        foreach (var value in LogProbs(sample, score).Span) sum += value;
        return sum;
    }
}
