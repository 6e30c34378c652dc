using Lhts.Objectives;

namespace Lhts.Trainer.Training;

/// <summary>What came of a step.</summary>
/// <param name="Figures">Its figures, those of all ranks.</param>
/// <param name="GradientNorm">Of the student's parameters, before clipping.</param>
internal sealed record StepResult(FigureTable Figures, double GradientNorm)
{
    /// <summary>The loss that was minimised.</summary>
    public double Loss => Figures[LossFigures.Loss] ?? double.NaN;

    /// <summary>Estimate of KL(q before || q after), nats a sequence of the student's own; null where nobody looked.</summary>
    public double? Divergence { get; init; }

    /// <summary>Whether the update was left out because something was not finite.</summary>
    public bool IsSkipped { get; init; }
}
