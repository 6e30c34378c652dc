namespace Lhts.Data.Order;

/// <summary>Where a document lies.</summary>
/// <param name="Block">Index of its block.</param>
/// <param name="Row">Row within the block.</param>
public readonly record struct DocumentLocation(int Block, int Row);
