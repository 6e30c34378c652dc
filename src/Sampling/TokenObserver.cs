namespace Lhts.Sampling;

/// <summary>
/// Told of every token as soon as it is drawn, one after another, but of sequences in no certain order, so that texts can be shown while they grow.
/// </summary>
/// <param name="sequence">The sequence's number.</param>
/// <param name="token">Its next token.</param>
/// <returns>Whether the sequence ends here, as behind a stop string.</returns>
public delegate bool TokenObserver(long sequence, int token);
