namespace Lhts.Sampling.Joint;

/// <summary>The texts that chains of Metropolis-Hastings ended in, and what they cost.</summary>
/// <param name="Sequences">A text of each chain; the log-probs are the model's own, at T = 1.</param>
/// <param name="AcceptanceRate">Share of all proposals that were accepted.</param>
/// <param name="EffectiveSampleSize">
/// Of the log-likelihood over the states of all chains behind the last block: how many independent texts tell its mean as well.
/// </param>
/// <param name="NumStates">How many states these are: chains times steps.</param>
/// <param name="Lower">
/// From independent texts of the proposal, one for each chain: its <see cref="ImportanceEstimate.FreeEnergy"/> is a lower bound of log Z_T without a
/// condition, its <see cref="ImportanceEstimate.LogZ"/> a nearer one on average.
/// </param>
/// <param name="Upper">
/// Mean over the chains' texts x of <c>log p(x)/T - log q(x)</c>, log Z_T + KL(p_T, q): an upper bound of log Z_T where the chains have reached p_T.
/// </param>
/// <param name="UpperError">Its standard error.</param>
/// <param name="NumTokens">Tokens that went through the model, prefixes of proposals included.</param>
public sealed record PowerMhResult(
    IReadOnlyList<SampledSequence> Sequences, double AcceptanceRate, double EffectiveSampleSize, int NumStates, ImportanceEstimate Lower, double Upper,
    double UpperError, long NumTokens);
