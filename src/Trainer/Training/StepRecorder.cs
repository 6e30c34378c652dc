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
/// <param name="temperatures">Those that the weights are reported by: the centres of the objective's bins.</param>
/// <param name="arithmetic">The operations of a step.</param>
/// <param name="peak">Operations per second that the device reaches.</param>
/// <param name="device">Where the model is.</param>
/// <param name="clock">Times the steps.</param>
internal sealed class StepRecorder(
    TrainingStage stage, Reporting reporting, MetricsFile? file, IProgress progress,
    IReadOnlyList<double> temperatures, StepArithmetic arithmetic, double peak, torch.Device device, PhaseClock clock)
{
    private readonly TrainingMeter meter = reporting.Meter;
    private DocumentCounts counted;

    /// <summary>Times the steps; recording one ends it.</summary>
    public PhaseClock Clock => clock;

    /// <summary>Records a step that is done. Losses, tokens and padding are those of all ranks; times and arithmetic this rank's.</summary>
    public void Record(long step, StepSequences batch, ISequenceSource source, long padding, StepResult result, double learningRate)
    {
        var (loss, times) = (result.Loss, clock.EndStep());
        var figures = new StepFigures
        {
            Stage = stage,
            Step = step,
            Epoch = source.Epoch,
            Loss = loss.Loss,
            NegativeLogLikelihood = loss.Likelihood,
            KlDivergence = loss.Weights is null && loss.Kl == 0 ? null : loss.Kl, // exactly 0: the objective has none
            BaselineLoss = loss.Auxiliary != 0 ? loss.Auxiliary : null,
            LearningRate = learningRate,
            GradientNorm = result.GradientNorm,
            Skipped = result.IsSkipped,
            RealTokens = (long)loss.Tokens,
            PaddingTokens = padding,
            OwnTokens = batch.NumTokens - batch.NumSequences, // the first token of a sequence is not predicted
            OwnPadding = batch.NumPositions - batch.NumTokens,
            Times = times,
            Weights = loss.Weights is { } weights ? FiguresOf(weights) : null,
            Corpus = FiguresOf(loss, MicroBatch.Corpus),
            Samples = FiguresOf(loss, TeacherSamples.Name),
            LiveTensors = torch.Tensor.TotalCount,
            Memory = MemoryNow(),
            QueuedBatches = source.Documents?.ReadySteps,
            ShareOfPeak = arithmetic.Of(batch) / (peak * times.Total.TotalSeconds),
            Remaining = progress.Remaining,
        };
        meter.RecordStep(figures);
        RecordByTemperature(loss.WeightsByTemperature);
        if (source.Documents is { } documents) RecordDocuments(documents);
        file?.Append(figures);
        reporting.Health.ReportStep(step);
        Show(figures);
    }

    /// <summary>Records a checkpoint that is being written.</summary>
    public void RecordCheckpoint(Func<long> save)
    {
        using var measured = clock.Measure(StepPhase.Checkpoint);
        var start = reporting.Time.GetTimestamp();
        var bytes = save();
        meter.RecordCheckpoint(bytes, reporting.Time.GetElapsedTime(start));
    }

    private void RecordByTemperature(IReadOnlyList<WeightSummary?> weights)
    {
        for (var bin = 0; bin < weights.Count; bin++)
        {
            if (weights[bin] is { } found) meter.RecordWeights(temperatures[bin], FiguresOf(found));
        }
    }

    /// <summary>Only the student has a choice of sources.</summary>
    private SourceFigures? FiguresOf(LossSummary loss, string source)
    {
        if (stage != TrainingStage.Student || loss.Sources.ElementAtOrDefault(SourceNames.IndexOf(source)) is not { } found) return null;
        return new SourceFigures
        {
            Sequences = (long)found.Sequences,
            Loss = found.Loss,
            NegativeLogLikelihood = found.Surprisal,
            EffectiveSampleSizeRatio = found.TokenSampleRatio,
        };
    }

    private MemoryFigures? MemoryNow() => DeviceMemory.Of(device) is { } memory
        ? new(memory.Allocated, memory.Peak, memory.Reserved, memory.Free, memory.Total)
        : null;

    private static WeightFigures FiguresOf(WeightSummary weights) => new()
    {
        ClipFraction = weights.ClipFraction,
        EffectiveSampleSizeRatio = weights.SampleRatio,
        SequenceSampleSizeRatio = weights.SequenceSampleRatio,
        MeanWeight = weights.MeanWeight,
        TopShare = weights.TopShare,
        MeanLogWeight = weights.MeanLogWeight,
        MaxLogWeight = weights.MaxLogWeight,
        Quantiles = new(weights.Quantiles.Low, weights.Quantiles.Median, weights.Quantiles.High),
        BaselineError = weights.BaselineError,
    };

    private void Show(in StepFigures figures)
    {
        ProgressFigure loss = new("loss", figures.Loss);
        ProgressFigure speed = new("tok/s", figures.TokensPerSecond, FigureStyle.Count);
        if (figures.Weights is { } weights)
        {
            progress.Report(
                figures.Step, loss, new("kl", figures.KlDivergence ?? 0), new("ESS", weights.EffectiveSampleSizeRatio, FigureStyle.Percent),
                new("clipped", weights.ClipFraction, FigureStyle.Percent), speed);
        }
        else
        {
            progress.Report(figures.Step, loss, new("|g|", figures.GradientNorm ?? 0), speed);
        }
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
