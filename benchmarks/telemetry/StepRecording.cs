namespace Lhts.Telemetry.Benchmarks;

/// <summary>What a training loop records after a step of a student over a range of temperatures.</summary>
internal sealed class StepRecording : IDisposable
{
    private const int NumTemperatures = 16;

    private static readonly WeightFigures Weights = new()
    {
        ClipFraction = 0.1, EffectiveSampleSizeRatio = 0.5, MeanLogWeight = -0.2, MaxLogWeight = 4, Quantiles = new(-3, 0, 2), BaselineError = 1.5,
    };

    private readonly TrainingMeter meter;
    private readonly RunHealth health;
    private readonly string path = Path.GetTempFileName();
    private readonly MetricsFile file;
    private long step;

    public StepRecording(TrainingMeter meter, RunHealth health)
    {
        (this.meter, this.health) = (meter, health);
        file = MetricsFile.Create(path);
    }

    public void RecordMeters()
    {
        meter.RecordStep(Figures(++step));
        for (var i = 0; i < NumTemperatures; i++) meter.RecordWeights(0.5 + (0.05 * i), Weights);
        foreach (var outcome in (ReadOnlySpan<DocumentOutcome>)[DocumentOutcome.Used, DocumentOutcome.Truncated, DocumentOutcome.TooShort, DocumentOutcome.Rejected])
        {
            meter.RecordDocuments(outcome, 1);
        }

        health.ReportStep(step);
    }

    public void AppendLine() => file.Append(Figures(++step));

    public void Dispose()
    {
        file.Dispose();
        File.Delete(path);
    }

    private static StepFigures Figures(long step) => new()
    {
        Stage = TrainingStage.Student,
        Step = step,
        Epoch = 0.5,
        Loss = 2.5,
        NegativeLogLikelihood = 2.25,
        KlDivergence = 0.125,
        LearningRate = 1e-4,
        GradientNorm = 0.75,
        RealTokens = 16000,
        PaddingTokens = 384,
        Weights = Weights,
        LiveTensors = 300,
        Memory = new(5_000_000, 7_000_000, 8_000_000, 30_000_000, 40_000_000),
        QueuedBatches = 4,
        ShareOfPeak = 0.4,
        Remaining = TimeSpan.FromMinutes(2),
        Times = StepTimes.Of(
            TimeSpan.FromMilliseconds(500), (StepPhase.DataWait, TimeSpan.FromMilliseconds(2)), (StepPhase.Teacher, TimeSpan.FromMilliseconds(98)),
            (StepPhase.Student, TimeSpan.FromMilliseconds(150)), (StepPhase.Backward, TimeSpan.FromMilliseconds(200)),
            (StepPhase.Update, TimeSpan.FromMilliseconds(40))),
    };
}
