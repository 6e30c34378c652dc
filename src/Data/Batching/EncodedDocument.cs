namespace Lhts.Data.Batching;

/// <summary>A document that is not empty, on its way to a lane.</summary>
/// <param name="Position">Its position in the global order.</param>
/// <param name="Id">Its row, counted over the data set.</param>
/// <param name="Tokens">Its prompt's and its own tokens, with end-of-text at the ends as the options say; null when another rank serves it.</param>
/// <param name="LogProbs">The teacher's log-prob of every token that is predicted; null when none are kept.</param>
internal readonly record struct EncodedDocument(long Position, long Id, int[]? Tokens, ReadOnlyMemory<float>? LogProbs)
{
    /// <summary>Leading tokens that are read and never scored, at least 1. Default 1.</summary>
    public int PromptLength { get; init; } = 1;
}
