namespace Lhts.Telemetry.Tests;

/// <summary>Figures as a training loop would report them.</summary>
public static class Sample
{
    public static StepFigures Student { get; } = new()
    {
        Stage = TrainingStage.Student,
        Step = 42,
        Epoch = 1.25,
        Loss = 2.5,
        NegativeLogLikelihood = 2.25,
        KlDivergence = 0.125,
        LearningRate = 1e-4,
        GradientNorm = 0.75,
        RealTokens = 3000,
        PaddingTokens = 72,
        Remaining = TimeSpan.FromMinutes(2),
        LiveTensors = 310,
        Weights = new() { ClipFraction = 0.05, EffectiveSampleSizeRatio = 0.625, MeanLogWeight = -0.5, MaxLogWeight = 3 },
        Times = StepTimes.Of(
            TimeSpan.FromMilliseconds(500),
            (StepPhase.DataWait, TimeSpan.FromMilliseconds(2)),
            (StepPhase.Teacher, TimeSpan.FromMilliseconds(98)),
            (StepPhase.Student, TimeSpan.FromMilliseconds(150)),
            (StepPhase.Backward, TimeSpan.FromMilliseconds(200)),
            (StepPhase.Update, TimeSpan.FromMilliseconds(40))),
    };

    public static StepFigures Teacher { get; } = new()
    {
        Stage = TrainingStage.Teacher,
        Step = 7,
        Loss = double.NaN,
        Skipped = true,
        RealTokens = 100,
        Times = StepTimes.Of(TimeSpan.FromSeconds(300), (StepPhase.AllReduce, TimeSpan.FromSeconds(1)), (StepPhase.Checkpoint, TimeSpan.FromSeconds(2))),
    };

    /// <summary>Records something on every instrument.</summary>
    public static void RecordAll(TrainingMeter meter)
    {
        meter.RecordStep(Teacher);
        meter.RecordStep(Student);
        foreach (var outcome in Enum.GetValues<DocumentOutcome>()) meter.RecordDocuments(outcome, 10 + (int)outcome);
        meter.RecordCheckpoint(123456789, TimeSpan.FromSeconds(1.5));
    }
}
