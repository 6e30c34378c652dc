using Lhts.Models.Gpt;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Training;

/// <summary>The settings of a training step.</summary>
internal sealed record StepOptions
{
    /// <summary>The temperature of each sequence.</summary>
    public required TemperatureDraws Temperatures { get; init; }

    /// <summary>Of dropout. Default: that of the temperatures.</summary>
    public ulong Seed => Temperatures.Seed;

    /// <summary>Bound of the gradient's norm. Default 1.</summary>
    public double GradientClip { get; init; } = 1;

    /// <summary>Of both models' products. Default float32.</summary>
    public Precision Precision { get; init; }

    /// <summary>Bounds how far a step moves a student on its own samples. Default null: nothing does.</summary>
    public TrustRegion? TrustRegion { get; init; }

    /// <summary>What becomes of a step that is not finite. Default stop.</summary>
    public OnNonFinite OnNonFinite { get; init; }

    /// <summary>Keeps the sequences of such steps. Default null: nobody.</summary>
    public NonFiniteBatches? NonFiniteBatches { get; init; }
}
