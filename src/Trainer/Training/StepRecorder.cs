using System.Runtime.InteropServices;
using Lhts.Data.Batching;
using Lhts.Extensions;
using Lhts.Objectives;
using Lhts.Telemetry;
using Lhts.Trainer.Sources;
using Lhts.Trainer.Stages;
using TorchSharp;

namespace Lhts.Trainer.Training;

/// <summary>Takes the figures of each step to the meters, the run's file, the health endpoint and the progress bar.</summary>
/// <param name="stage">The stage.</param>
/// <param name="reporting">Meters, health and the clock.</param>
/// <param name="file">The run's file; null on other ranks than the leader.</param>
/// <param name="progress">The stage's line in the terminal.</param>
/// <param name="figures">What the objective declares.</param>
/// <param name="recorded">The same for the exporters, with the temperatures and sources that they are told apart by.</param>
/// <param name="arithmetic">The operations of a step.</param>
/// <param name="peak">Operations per second that the device reaches.</param>
/// <param name="device">Where the model is.</param>
/// <param name="clock">Times the steps.</param>
internal sealed class StepRecorder(
    string stage, Reporting reporting, MetricsFile? file, IProgress progress,
    IReadOnlyList<Figure> figures, RecordedFigures recorded, StepArithmetic arithmetic, double peak, torch.Device device, PhaseClock clock)
{
    private readonly TrainingMeter meter = reporting.Meter;
    private readonly List<ProgressFigure> shown = [];
    private DocumentCounts counted;

    /// <summary>Times the steps; recording one ends it.</summary>
    public PhaseClock Clock => clock;

    /// <summary>Records a step that is done. Losses, tokens and padding are those of all ranks; times and arithmetic this rank's.</summary>
    public void Record(long number, StepSequences batch, ISequenceSource source, long padding, StepResult result, double learningRate)
    {
        var (table, times) = (result.Figures, clock.EndStep());
        recorded.Set(figures, table);
        var step = new StepFigures
        {
            Stage = stage,
            Step = number,
            Epoch = source.Epoch,
            Figures = recorded,
            LearningRate = learningRate,
            GradientNorm = result.GradientNorm,
            Skipped = result.IsSkipped,
            RealTokens = (long)table.Total(FigureColumn.Tokens),
            PaddingTokens = padding,
            OwnTokens = batch.NumScored,
            OwnPadding = batch.NumPositions - batch.NumTokens,
            DrawnTokens = batch.NumDrawnTokens,
            Times = times,
            LiveTensors = torch.Tensor.TotalCount,
            Memory = MemoryNow(),
            QueuedBatches = source.Documents?.ReadySteps,
            Mfu = arithmetic.Of(batch) / (peak * times.Total.TotalSeconds),
            Remaining = progress.Remaining,
        };
        meter.RecordStep(step);
        if (source.Documents is { } documents) RecordDocuments(documents);
        file?.Append(step);
        reporting.Health.ReportStep(number);
        Show(step, table);
    }

    /// <summary>Writes a line above the progress.</summary>
    public void Say(string text) => reporting.Progress.WriteLine(text);

    /// <summary>Records a checkpoint: what it takes of the training's time now, its size and time in all once it is complete.</summary>
    public void RecordCheckpoint(Action<Action<long, TimeSpan>> save)
    {
        using var measured = clock.Measure(StepPhase.Checkpoint);
        save(meter.RecordCheckpoint);
    }

    private MemoryFigures? MemoryNow() => DeviceMemory.Of(device) is { } memory
        ? new(memory.Allocated, memory.Peak, memory.Reserved, memory.Free, memory.Total)
        : null;

    private void Show(in StepFigures step, FigureTable table)
    {
        shown.Clear();
        shown.Add(new("loss", table[LossFigures.Loss] ?? double.NaN));
        foreach (var figure in figures)
        {
            if (figure.Short is not { } name || table[figure] is not { } value) continue;
            shown.Add(new(name, value, figure.Unit == "1" ? FigureStyle.Percent : FigureStyle.Number));
        }

        if (shown.Count == 1) shown.Add(new("|g|", step.GradientNorm ?? 0));
        shown.Add(new("tok/s", step.RealTokens, FigureStyle.Count) { Seconds = step.Times.Total.TotalSeconds });
        progress.Report(step.Step, CollectionsMarshal.AsSpan(shown));
    }

    private void RecordDocuments(DataCounters data)
    {
        var now = new DocumentCounts(data.Documents - data.CutDocuments, data.CutDocuments, data.EmptyDocuments, data.NullDocuments + data.BadDocuments);
        meter.RecordDocuments(DocumentOutcome.Used, now.Used - counted.Used);
        meter.RecordDocuments(DocumentOutcome.Truncated, now.Cut - counted.Cut);
        meter.RecordDocuments(DocumentOutcome.TooShort, now.Empty - counted.Empty);
        meter.RecordDocuments(DocumentOutcome.Rejected, now.Unusable - counted.Unusable);
        counted = now;
    }

    private readonly record struct DocumentCounts(long Used, long Cut, long Empty, long Unusable);
}
