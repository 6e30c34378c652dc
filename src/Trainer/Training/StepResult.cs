using Lhts.Objectives;

namespace Lhts.Trainer.Training;

/// <summary>What came of a step.</summary>
/// <param name="Loss">Its figures.</param>
/// <param name="GradientNorm">Of the student's parameters, before clipping.</param>
internal sealed record StepResult(LossSummary Loss, double GradientNorm)
{
    /// <summary>Whether the update was left out because something was not finite.</summary>
    public bool IsSkipped { get; init; }
}
