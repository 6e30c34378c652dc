using Lhts.Data.Batching;
using Lhts.Objectives;
using Lhts.Telemetry;
using Lhts.Trainer.Checkpoints;
using TorchSharp;

namespace Lhts.Trainer.Training;

/// <summary>Takes the figures of each step to the meters, the run's file, the health endpoint and the progress bar.</summary>
internal sealed class StepRecorder(
    TrainingStage stage, TrainingMeter meter, RunHealth health, MetricsFile file, IProgress progress, DataCounters data, long numDocuments, TimeProvider time)
{
    private DocumentCounts counted;

    /// <summary>Records a step that is done.</summary>
    public void Record(Position position, StepBatch batch, LossSummary loss, double gradientNorm, double learningRate, StepTimes times)
    {
        var hasWeights = double.IsFinite(loss.MaxLogWeight);
        var figures = new StepFigures
        {
            Stage = stage,
            Step = position.Step,
            Epoch = (double)position.Data.NextPosition / numDocuments,
            Loss = loss.Loss,
            NegativeLogLikelihood = loss.Likelihood,
            KlDivergence = hasWeights ? loss.Kl : null,
            LearningRate = learningRate,
            GradientNorm = gradientNorm,
            RealTokens = (long)loss.Tokens,
            PaddingTokens = batch.NumPositions - batch.NumTokens,
            Times = times,
            Weights = hasWeights ? WeightsOf(loss) : null,
            LiveTensors = torch.Tensor.TotalCount,
            Remaining = progress.Remaining,
        };
        meter.RecordStep(figures);
        RecordDocuments();
        file.Append(figures);
        health.ReportStep(position.Step);
        Show(figures);
    }

    /// <summary>Records a checkpoint that is being written.</summary>
    public void RecordCheckpoint(Func<long> save)
    {
        var start = time.GetTimestamp();
        var bytes = save();
        meter.RecordCheckpoint(bytes, time.GetElapsedTime(start));
    }

    private static WeightFigures WeightsOf(LossSummary loss) => new()
    {
        ClipFraction = loss.ClipFraction,
        EffectiveSampleSizeRatio = loss.TokenSampleRatio,
        MeanLogWeight = loss.MeanLogWeight,
        MaxLogWeight = loss.MaxLogWeight,
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

    private void RecordDocuments()
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
