namespace Lhts.Sampling.Processors;

/// <summary>A history that stands by itself, as for the distribution behind a prompt.</summary>
/// <param name="tokens">The prompt and what follows it.</param>
/// <param name="promptLength">How many of them are the prompt.</param>
public sealed class TokenHistory(IReadOnlyList<int> tokens, int promptLength) : ITokenHistory
{
    /// <inheritdoc/>
    public IReadOnlyList<int> Tokens => tokens;

    /// <inheritdoc/>
    public int PromptLength => promptLength;

    /// <inheritdoc/>
    public double LowestEntropy { get; set; } = double.PositiveInfinity;
}
