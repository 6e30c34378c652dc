namespace Lhts.Sampling;

/// <summary>A sequence drawn from a model.</summary>
/// <param name="Tokens">The prompt and what was generated, the end-of-text included where it was reached; no padding.</param>
/// <param name="PromptLength">How many of the tokens are the prompt.</param>
/// <param name="IsComplete">Whether the sequence ended with the end-of-text, rather than at its greatest length.</param>
public sealed record SampledSequence(int[] Tokens, int PromptLength, bool IsComplete)
{
    /// <summary>
    /// The log-probability in nats of each generated token under the distribution it was drawn from: after temperature and its relatives, and 0 at
    /// temperature 0. Default: empty, for a sequence that no sampler made.
    /// </summary>
    public float[] LogProbs { get; init; } = [];

    /// <summary>Whether an observer ended it, as behind a stop string. Default: false.</summary>
    public bool IsStopped { get; init; }

    /// <summary>The generated tokens alone.</summary>
    public ReadOnlySpan<int> Generated => Tokens.AsSpan(PromptLength);
}
