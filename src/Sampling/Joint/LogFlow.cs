using static TorchSharp.torch;

namespace Lhts.Sampling.Joint;

/// <summary>
/// A guess of what <c>p^(1/T)</c> sums to behind each particle's prefix, as a log: the look-ahead of twisted sequential Monte Carlo. Any finite values
/// leave the result unbiased; good ones keep the weights even. No gradients, and no tensor is kept.
/// </summary>
/// <param name="teacherStates">(N, E) last hidden states of the teacher.</param>
/// <param name="studentStates">(N, E) of the student, where it is the proposal; else <see langword="null"/>.</param>
/// <param name="numGenerated">Tokens that the prefixes have beyond the prompt.</param>
/// <returns>N values in nats.</returns>
public delegate double[] LogFlow(Tensor teacherStates, Tensor? studentStates, int numGenerated);
