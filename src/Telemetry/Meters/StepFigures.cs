namespace Lhts.Telemetry;

/// <summary>
/// What a training loop knows after one step. A figure that was not measured is null and leaves no
/// trace; a figure that was measured and is not finite is kept as it is, since that is what an alert looks for.
/// </summary>
public readonly record struct StepFigures
{
    private readonly RecordedFigures? figures;

    /// <summary>The stage, a word such as "student".</summary>
    public required string Stage { get; init; }

    /// <summary>Steps made since the beginning of the stage, this one included, over all resumptions.</summary>
    public required long Step { get; init; }

    /// <summary>Passes over the data so far, with the fraction of the present one. Default 0.</summary>
    public double Epoch { get; init; }

    /// <summary>What the objective declares, with the values of this step. Default none.</summary>
    public RecordedFigures Figures { get => figures ?? RecordedFigures.None; init => figures = value; }

    /// <summary>The optimiser's learning rate in this step.</summary>
    public double LearningRate { get; init; }

    /// <summary>The L2 norm of the whole gradient before clipping. Default null: not measured.</summary>
    public double? GradientNorm { get; init; }

    /// <summary>Tokens that counted in the loss. Default 0.</summary>
    public long RealTokens { get; init; }

    /// <summary>Places in the batch filled with padding only. Default 0.</summary>
    public long PaddingTokens { get; init; }

    /// <summary>Of <see cref="RealTokens"/> those that this process computed. Default null: all.</summary>
    public long? OwnTokens { get; init; }

    /// <summary>Of <see cref="PaddingTokens"/> those of this process. Default null: all.</summary>
    public long? OwnPadding { get; init; }

    /// <summary>Tokens that this process drew from the student for the step. Default 0.</summary>
    public long DrawnTokens { get; init; }

    /// <summary>Whether the update was left out because the loss or the gradient was not finite. Default false.</summary>
    public bool Skipped { get; init; }

    /// <summary>How long the step took, in all and by phase.</summary>
    public StepTimes Times { get; init; }

    /// <summary>Tensors alive after the step. Default null: not counted.</summary>
    public long? LiveTensors { get; init; }

    /// <summary>The memory of the device after the step. Default null: not measured.</summary>
    public MemoryFigures? Memory { get; init; }

    /// <summary>Batches that are ready and wait for the loop. Default null: not counted.</summary>
    public long? QueuedBatches { get; init; }

    /// <summary>
    /// Model FLOPs utilisation: the arithmetic done over what the device could do at most in the same time. Default null: peak unknown.
    /// </summary>
    public double? Mfu { get; init; }

    /// <summary>Time until the end of the stage at the present speed. Default null: unknown.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Tokens that counted in the loss per second of the step; 0 when the step took no measurable time.</summary>
    public double TokensPerSecond => Times.Total > TimeSpan.Zero ? RealTokens / Times.Total.TotalSeconds : 0;

    /// <summary>Tokens that this process drew per second of drawing; null where it drew none.</summary>
    public double? DrawnTokensPerSecond =>
        DrawnTokens > 0 && Times[StepPhase.Draw] > TimeSpan.Zero ? DrawnTokens / Times[StepPhase.Draw].TotalSeconds : null;
}
