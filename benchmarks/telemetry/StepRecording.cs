using Lhts.Objectives;
using Lhts.Trainer.Training;

namespace Lhts.Telemetry.Benchmarks;

/// <summary>What a training loop records after a step of a student over a range of temperatures.</summary>
internal sealed class StepRecording : IDisposable
{
    private const int NumTemperatures = 16;

    private static readonly RecordedFigures Recorded = Declared();

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
        foreach (var outcome in (ReadOnlySpan<DocumentOutcome>)[DocumentOutcome.Used, DocumentOutcome.Truncated, DocumentOutcome.TooShort,
            DocumentOutcome.Rejected])
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

    /// <summary>A value for every figure, at every temperature.</summary>
    private static RecordedFigures Declared()
    {
        Figure[] figures = [.. LossFigures.All, .. WeightFigures.All];
        var recorded = new RecordedFigures(
            FigureDeclarations.Of(figures), [.. Enumerable.Range(0, NumTemperatures).Select(i => 0.5 + (0.05 * i))], [new("corpus", "corpus")]);
        for (var i = 0; i < figures.Length; i++)
        {
            recorded[i] = figures[i].By == FigureBy.Source ? null : 2.5;
            for (var place = 0; place < recorded.NumPlaces(i); place++) recorded[i, place] = 0.5;
        }

        return recorded;
    }

    private static StepFigures Figures(long step) => new()
    {
        Stage = "student",
        Step = step,
        Epoch = 0.5,
        Figures = Recorded,
        LearningRate = 1e-4,
        GradientNorm = 0.75,
        RealTokens = 16000,
        PaddingTokens = 384,
        LiveTensors = 300,
        Memory = new(5_000_000, 7_000_000, 8_000_000, 30_000_000, 40_000_000),
        QueuedBatches = 4,
        Mfu = 0.4,
        Remaining = TimeSpan.FromMinutes(2),
        Times = StepTimes.Of(
            TimeSpan.FromMilliseconds(500), (StepPhase.DataWait, TimeSpan.FromMilliseconds(2)), (StepPhase.Teacher, TimeSpan.FromMilliseconds(98)),
            (StepPhase.Student, TimeSpan.FromMilliseconds(150)), (StepPhase.Backward, TimeSpan.FromMilliseconds(200)),
            (StepPhase.Update, TimeSpan.FromMilliseconds(40))),
    };
}
