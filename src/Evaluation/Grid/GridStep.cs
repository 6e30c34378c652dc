namespace Lhts.Evaluation.Grid;

/// <summary>How likelihood changes from one long-horizon temperature to a lower one.</summary>
/// <param name="From">The higher temperature.</param>
/// <param name="To">The lower temperature.</param>
/// <param name="Change">Log-likelihood per token at the lower one less that at the higher one.</param>
public sealed record GridStep(double From, double To, Estimate Change);
