using System.Diagnostics.Metrics;

namespace Lhts.Telemetry;

/// <summary>
/// Every instrument of the trainer, and the only place where one is declared. Names follow OpenTelemetry's conventions and carry no unit;
/// units are base units (UCUM), from which the Prometheus names follow. docs/telemetry.md lists them; a test compares the two.
/// Recording allocates nothing in the steady state and may be done from any thread.
/// </summary>
public sealed class TrainingMeter : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Lhts.Trainer";

    /// <summary>
    /// Upper bounds of the duration histograms in seconds: from a step of a toy on CPU (2 ms) to a checkpoint of a large model (2 min),
    /// in steps of about 2 to 2.5.
    /// </summary>
    public static IReadOnlyList<double> DurationBounds { get; } =
        [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120];

    private static readonly StepPhase[] Phases = Enum.GetValues<StepPhase>();

    private readonly TimeProvider _time;
    private readonly Meter _meter;
    private readonly Gauge<double> _loss, _lossPart, _learningRate, _gradientNorm, _epoch, _tokenRate, _remaining;
    private readonly Gauge<double> _clipped, _effectiveSampleSize, _logWeight, _lastStepTimestamp;
    private readonly Gauge<long> _step, _liveTensors, _checkpointSize;
    private readonly Counter<long> _steps, _skippedSteps, _tokens, _documents;
    private readonly Histogram<double> _stepDuration, _phaseDuration, _checkpointDuration;
    private long _checkpointTimestamp = NoTimestamp;

    private const long NoTimestamp = long.MinValue;

    /// <summary>Declares the instruments. Times of day and ages come from <paramref name="time"/>.</summary>
    public TrainingMeter(TimeProvider time)
    {
        _time = time;
        _meter = new Meter(new MeterOptions(MeterName) { Scope = this });
        var durations = new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBounds };

        _loss = _meter.CreateGauge<double>("lhts.loss", "{nat}", "Loss of the last step, per token.");
        _lossPart = _meter.CreateGauge<double>("lhts.loss.part", "{nat}", "Parts of the loss before their factors, per token.");
        _learningRate = _meter.CreateGauge<double>("lhts.learning_rate", null, "Learning rate of the last step.");
        _gradientNorm = _meter.CreateGauge<double>("lhts.gradient.norm", null, "L2 norm of the gradient before clipping.");

        _step = _meter.CreateGauge<long>("lhts.step", "{step}", "Steps of the stage, over all resumptions.");
        _steps = _meter.CreateCounter<long>("lhts.steps", "{step}", "Steps made by this process.");
        _skippedSteps = _meter.CreateCounter<long>("lhts.steps.skipped", "{step}", "Steps whose update was left out: not finite.");
        _lastStepTimestamp = _meter.CreateGauge<double>("lhts.step.last_timestamp", "s", "Unix time of the end of the last step.");
        _epoch = _meter.CreateGauge<double>("lhts.epoch", "{epoch}", "Passes over the data, with the fraction of the present one.");
        _remaining = _meter.CreateGauge<double>("lhts.stage.remaining", "s", "Time until the end of the stage at the present speed.");

        _tokens = _meter.CreateCounter<long>("lhts.tokens", "{token}", "Tokens that went through the model: real ones and padding.");
        _tokenRate = _meter.CreateGauge<double>("lhts.token.rate", "{token}/s", "Real tokens per second in the last step.");
        _documents = _meter.CreateCounter<long>("lhts.documents", "{document}", "Documents by what became of them.");

        _stepDuration = _meter.CreateHistogram("lhts.step.duration", "s", "Time of a step.", null, durations);
        _phaseDuration = _meter.CreateHistogram("lhts.step.phase.duration", "s", "Time of a step by phase.", null, durations);

        _clipped = _meter.CreateGauge<double>("lhts.weight.clipped", "1", "Share of LHTS log weights cut off by the clip.");
        _effectiveSampleSize = _meter.CreateGauge<double>(
            "lhts.weight.effective_sample_size", "1", "Effective sample size of the LHTS weights over their number.");
        _logWeight = _meter.CreateGauge<double>("lhts.weight.log", "{nat}", "LHTS log weights after the clip.");

        _liveTensors = _meter.CreateGauge<long>("lhts.tensors.live", "{tensor}", "Tensors alive after the last step.");
        _checkpointSize = _meter.CreateGauge<long>("lhts.checkpoint.size", "By", "Size of the last checkpoint.");
        _checkpointDuration = _meter.CreateHistogram("lhts.checkpoint.duration", "s", "Time to write a checkpoint.", null, durations);
        _meter.CreateObservableGauge("lhts.checkpoint.age", ObserveCheckpointAge, "s", "Time since the last checkpoint.");
    }

    /// <summary>Records one training step: call it once at the end of each.</summary>
    public void RecordStep(in StepFigures figures)
    {
        var stage = Tag(Labels.Stage, Labels.Stages[(int)figures.Stage]);
        RecordLoss(figures, stage);
        RecordCounts(figures, stage);
        RecordTimes(figures, stage);
        if (figures.Weights is { } weights) RecordWeights(weights, stage);
        if (figures.LiveTensors is { } live) _liveTensors.Record(live);
    }

    /// <summary>Counts documents by what became of them.</summary>
    public void RecordDocuments(DocumentOutcome outcome, long count) =>
        _documents.Add(count, Tag(Labels.Outcome, Labels.Outcomes[(int)outcome]));

    /// <summary>Records a checkpoint that is now complete on disk; its age counts from here.</summary>
    public void RecordCheckpoint(long sizeInBytes, TimeSpan duration)
    {
        _checkpointSize.Record(sizeInBytes);
        _checkpointDuration.Record(duration.TotalSeconds);
        Volatile.Write(ref _checkpointTimestamp, _time.GetTimestamp());
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void RecordLoss(in StepFigures figures, KeyValuePair<string, object?> stage)
    {
        _loss.Record(figures.Loss, stage);
        if (figures.NegativeLogLikelihood is { } nll) _lossPart.Record(nll, stage, Tag(Labels.Part, "nll"));
        if (figures.KlDivergence is { } kl) _lossPart.Record(kl, stage, Tag(Labels.Part, "kl"));
        _learningRate.Record(figures.LearningRate, stage);
        if (figures.GradientNorm is { } norm) _gradientNorm.Record(norm, stage);
    }

    private void RecordCounts(in StepFigures figures, KeyValuePair<string, object?> stage)
    {
        _step.Record(figures.Step, stage);
        _steps.Add(1, stage);
        _skippedSteps.Add(figures.Skipped ? 1 : 0, stage);
        _epoch.Record(figures.Epoch, stage);
        _tokens.Add(figures.RealTokens, stage, Tag(Labels.Kind, "real"));
        _tokens.Add(figures.PaddingTokens, stage, Tag(Labels.Kind, "padding"));
    }

    private void RecordTimes(in StepFigures figures, KeyValuePair<string, object?> stage)
    {
        _lastStepTimestamp.Record((_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds, stage);
        _tokenRate.Record(figures.TokensPerSecond, stage);
        if (figures.Remaining is { } remaining) _remaining.Record(remaining.TotalSeconds, stage);
        _stepDuration.Record(figures.Times.Total.TotalSeconds, stage);
        foreach (var phase in Phases)
        {
            var duration = figures.Times[phase];
            if (duration > TimeSpan.Zero) _phaseDuration.Record(duration.TotalSeconds, stage, Tag(Labels.Phase, Labels.Phases[(int)phase]));
        }
    }

    private void RecordWeights(in WeightFigures weights, KeyValuePair<string, object?> stage)
    {
        _clipped.Record(weights.ClipFraction, stage);
        _effectiveSampleSize.Record(weights.EffectiveSampleSizeRatio, stage);
        _logWeight.Record(weights.MeanLogWeight, stage, Tag(Labels.Statistic, "mean"));
        _logWeight.Record(weights.MaxLogWeight, stage, Tag(Labels.Statistic, "max"));
    }

    private IEnumerable<Measurement<double>> ObserveCheckpointAge()
    {
        var written = Volatile.Read(ref _checkpointTimestamp);
        return written == NoTimestamp ? [] : [new Measurement<double>(_time.GetElapsedTime(written).TotalSeconds)];
    }

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
