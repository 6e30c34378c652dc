namespace Lhts.Sampling.Joint;

/// <summary>The particles of one run of sequential Monte Carlo.</summary>
/// <param name="Sequences">N texts, prompt included.</param>
/// <param name="LogWeights">N log-weights since the last resampling, not normalised.</param>
/// <param name="LogZ">
/// Estimate of log Z_T = log sum over texts of p(text | prompt)^(1/T). Its exp is unbiased; itself it is low on average (Jensen).
/// </param>
/// <param name="EffectiveSampleSizes">At each position, before resampling; the last one is that of the texts.</param>
/// <param name="NumResamplings">How often it resampled.</param>
public sealed record SmcRun(
    IReadOnlyList<SampledSequence> Sequences, double[] LogWeights, double LogZ, IReadOnlyList<double> EffectiveSampleSizes, int NumResamplings);
