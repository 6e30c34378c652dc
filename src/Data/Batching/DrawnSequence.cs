namespace Lhts.Data.Batching;

/// <summary>A sequence that a model drew, on its way into a step.</summary>
/// <param name="Lane">Place within the step.</param>
/// <param name="Number">Its number among all that are drawn; stands where documents have their row.</param>
/// <param name="Tokens">At least 2.</param>
public sealed record DrawnSequence(int Lane, long Number, ReadOnlyMemory<int> Tokens);
