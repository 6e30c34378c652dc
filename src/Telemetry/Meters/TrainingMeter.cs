using System.Diagnostics.Metrics;

namespace Lhts.Telemetry;

/// <summary>
/// What the training loop reports its figures to. Recording a step allocates nothing in the steady state; all of it may be done from any
/// thread. <see cref="TrainingInstruments"/> declares the instruments that every run has; objectives declare theirs.
/// </summary>
public sealed class TrainingMeter : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Lhts.Trainer";

    private static readonly StepPhase[] Phases = Enum.GetValues<StepPhase>();

    private readonly TimeProvider _time;
    private readonly RunHealth? _health;
    private readonly bool _isLeader;
    private readonly Meter _meter;
    private readonly TrainingInstruments _on;
    private readonly FigureInstruments _figures;
    private readonly TemperatureLabels _temperatures = new();
    private long _checkpointTimestamp = NoTimestamp;
    private RunState _state;
    private long _endedTicks;

    private const long NoTimestamp = long.MinValue;

    /// <summary>Declares the instruments.</summary>
    /// <param name="time">Times of day and ages come from it.</param>
    /// <param name="health">Knows the last sign of work. Default null: nobody does.</param>
    /// <param name="isLeader">Whether the run's own figures are this process's to tell, such as the loss; others tell theirs only. Default true.</param>
    public TrainingMeter(TimeProvider time, RunHealth? health = null, bool isLeader = true)
    {
        (_time, _health, _isLeader) = (time, health, isLeader);
        _meter = new Meter(new MeterOptions(MeterName) { Scope = this });
        _on = new TrainingInstruments(_meter, ObserveCheckpointAge, ObserveWork, ObserveState, ObserveEnd);
        _figures = new FigureInstruments(_meter, _temperatures);
    }

    /// <summary>Records one training step: call it once at the end of each.</summary>
    public void RecordStep(in StepFigures figures)
    {
        var stage = Tag(Labels.Stage, figures.Stage);
        _state = RunState.Running;
        if (_isLeader) RecordRun(figures, stage);
        RecordCounts(figures, stage);
        RecordTimes(figures, stage);
        if (figures.LiveTensors is { } live) _on.LiveTensors.Record(live);
        if (figures.Memory is { } memory) RecordMemory(memory);
        if (figures.QueuedBatches is { } queued) _on.QueuedBatches.Record(queued);
        if (figures.Mfu is { } mfu) _on.Mfu.Record(mfu, stage);
    }

    /// <summary>Records the likelihood and diversity of samples, for each model and temperature of an evaluation.</summary>
    public void RecordSamples(in SampleFigures figures)
    {
        var model = Tag(Labels.Model, Labels.Models[(int)figures.Model]);
        var temperature = Tag(Labels.Temperature, _temperatures.Of(figures.Temperature));
        _on.LogLikelihood.Record(figures.LogLikelihood, model, temperature);
        if (figures.SelfBleu is { } bleu) _on.SelfBleu.Record(bleu, model, temperature);
        if (figures.EffectiveTemperature is { } effective) _on.EffectiveTemperature.Record(effective, model, temperature);
        if (figures.EffectiveTemperatureError is { } error) _on.EffectiveTemperatureError.Record(error, model, temperature);
        if (figures.MyopicTemperature is { } myopic) _on.MyopicTemperature.Record(myopic, model, temperature);
        if (figures.EntropyPerToken is { } entropy) _on.EntropyPerToken.Record(entropy, model, temperature);
        if (figures.FreeEnergy is { } energy) _on.FreeEnergy.Record(energy, model, temperature);
        if (figures.Gain is { } gain) _on.Gain.Record(gain, model, temperature);
        if (figures.GainError is { } gainError) _on.GainError.Record(gainError, model, temperature);
        RecordNGrams(_on.Distinct, figures.Distinct, model, temperature);
        RecordNGrams(_on.Repetition, figures.Repetition, model, temperature);
        RecordNGrams(_on.Entropy, figures.Entropy, model, temperature);
    }

    /// <summary>Records that an evaluation is done.</summary>
    public void RecordEvaluation(long step, TimeSpan duration)
    {
        _on.EvaluationStep.Record(step);
        _on.EvaluationDuration.Record(duration.TotalSeconds);
    }

    /// <summary>Records where the run stands; one that is done or stopped has then ended in order, and may vanish.</summary>
    public void RecordState(RunState state)
    {
        _state = state;
        Volatile.Write(ref _endedTicks, state is RunState.Done or RunState.Stopped ? _time.GetUtcNow().UtcTicks : 0);
    }

    /// <summary>Records how often the run was taken up again since it began.</summary>
    public void RecordRestarts(long restarts) => _on.Restarts.Record(restarts);

    /// <summary>Counts documents by what became of them.</summary>
    public void RecordDocuments(DocumentOutcome outcome, long count) =>
        _on.Documents.Add(count, Tag(Labels.Outcome, Labels.Outcomes[(int)outcome]));

    /// <summary>Records a checkpoint that is now complete on disk; its age counts from here.</summary>
    public void RecordCheckpoint(long sizeInBytes, TimeSpan duration)
    {
        _on.CheckpointSize.Record(sizeInBytes);
        _on.CheckpointDuration.Record(duration.TotalSeconds);
        Volatile.Write(ref _checkpointTimestamp, _time.GetTimestamp());
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>What is the same on all ranks.</summary>
    private void RecordRun(in StepFigures figures, KeyValuePair<string, object?> stage)
    {
        _figures.Record(figures.Figures, stage);
        _on.LearningRate.Record(figures.LearningRate, stage);
        if (figures.GradientNorm is { } norm) _on.GradientNorm.Record(norm, stage);
        _on.SkippedSteps.Add(figures.Skipped ? 1 : 0, stage);
        _on.Epoch.Record(figures.Epoch, stage);
        _on.TokenRate.Record(figures.TokensPerSecond, stage);
        if (figures.Remaining is { } remaining) _on.Remaining.Record(remaining.TotalSeconds, stage);
    }

    private void RecordCounts(in StepFigures figures, KeyValuePair<string, object?> stage)
    {
        _on.Step.Record(figures.Step, stage);
        _on.Steps.Add(1, stage);
        _on.Tokens.Add(figures.OwnTokens ?? figures.RealTokens, stage, Tag(Labels.Kind, "real"));
        _on.Tokens.Add(figures.OwnPadding ?? figures.PaddingTokens, stage, Tag(Labels.Kind, "padding"));
    }

    private void RecordTimes(in StepFigures figures, KeyValuePair<string, object?> stage)
    {
        _on.LastStepTimestamp.Record((_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds, stage);
        if (figures.DrawnTokensPerSecond is { } drawn) _on.DrawRate.Record(drawn, stage);
        _on.StepDuration.Record(figures.Times.Total.TotalSeconds, stage);
        foreach (var phase in Phases)
        {
            var duration = figures.Times[phase];
            if (duration <= TimeSpan.Zero) continue;
            _on.PhaseDuration.Record(duration.TotalSeconds, stage, Tag(Labels.Phase, Labels.Phases[(int)phase]));
        }
    }

    private void RecordMemory(in MemoryFigures memory)
    {
        _on.DeviceMemory.Record(memory.Allocated, Tag(Labels.State, "allocated"));
        _on.DeviceMemory.Record(memory.Peak, Tag(Labels.State, "peak"));
        if (memory.Reserved is { } reserved) _on.DeviceMemory.Record(reserved, Tag(Labels.State, "reserved"));
        _on.DeviceMemory.Record(memory.Free, Tag(Labels.State, "free"));
        _on.DeviceMemory.Record(memory.Total, Tag(Labels.State, "total"));
    }

    private static void RecordNGrams(
        Gauge<double> gauge, IReadOnlyList<double> values, KeyValuePair<string, object?> model, KeyValuePair<string, object?> temperature)
    {
        for (var i = 0; i < Math.Min(values.Count, SampleFigures.MaxNGram); i++)
        {
            gauge.Record(values[i], model, temperature, Tag(Labels.NGram, Labels.NGrams[i]));
        }
    }

    private IEnumerable<Measurement<double>> ObserveCheckpointAge()
    {
        var written = Volatile.Read(ref _checkpointTimestamp);
        return written == NoTimestamp ? [] : [new Measurement<double>(_time.GetElapsedTime(written).TotalSeconds)];
    }

    private IEnumerable<Measurement<double>> ObserveWork() =>
        _health is null ? [] : [new Measurement<double>((_time.GetUtcNow() - _health.WorkAge - DateTimeOffset.UnixEpoch).TotalSeconds)];

    private IEnumerable<Measurement<long>> ObserveState() => _isLeader ? [new Measurement<long>(1, Tag(Labels.State, Labels.States[(int)_state]))] : [];

    private IEnumerable<Measurement<double>> ObserveEnd()
    {
        var ended = Volatile.Read(ref _endedTicks);
        return _isLeader && ended > 0
            ? [new Measurement<double>((new DateTimeOffset(ended, TimeSpan.Zero) - DateTimeOffset.UnixEpoch).TotalSeconds)]
            : [];
    }

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
