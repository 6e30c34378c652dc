namespace Lhts.Data.Scores;

/// <summary>How far scoring has come.</summary>
/// <param name="Documents">Documents that are done, those of files that an earlier start has written included.</param>
/// <param name="Tokens">Log-probs computed since the start.</param>
public sealed record ScoreProgress(long Documents, long Tokens);

/// <summary>Computes log-probs: for each sequence log p of every token but the first, in nats.</summary>
/// <param name="sequences">Token ids, at least two in each.</param>
/// <param name="cancellation">Ends the work.</param>
public delegate IReadOnlyList<float[]> TokenScorer(IReadOnlyList<int[]> sequences, CancellationToken cancellation);
