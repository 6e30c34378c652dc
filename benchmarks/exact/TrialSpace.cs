namespace Lhts.Benchmarks.Exact;

/// <summary>What an objective must know of the sequences that it is made for.</summary>
/// <param name="Length">L.</param>
/// <param name="HiddenSize">D of the teacher's hidden states.</param>
/// <param name="HeadWidth">See <see cref="TrialSettings.HeadWidth"/>.</param>
/// <param name="NumSymbols">V, which is what stands for the student's hidden states.</param>
public sealed record TrialSpace(int Length, long HiddenSize, int HeadWidth, int NumSymbols);
