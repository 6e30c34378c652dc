namespace Lhts.Data.Batching;

/// <summary>What one lane gives to a step.</summary>
/// <param name="Lane">Place within the step.</param>
/// <param name="DocumentId">Row of the document, counted over the data set.</param>
/// <param name="Piece">Piece of the document.</param>
/// <param name="Tokens">Its tokens, at least 2.</param>
/// <param name="LogProbs">The teacher's log-probs of all tokens but the first; null when none are kept.</param>
internal readonly record struct Sequence(int Lane, long DocumentId, int Piece, ReadOnlyMemory<int> Tokens, ReadOnlyMemory<float>? LogProbs = null);
