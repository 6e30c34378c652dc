using System.Diagnostics.Metrics;

namespace Lhts.Telemetry;

/// <summary>
/// Every instrument that a run has whatever its objective, and the only place where one is declared; objectives declare their figures themselves
/// (<see cref="FigureDeclaration"/>). Names follow OpenTelemetry's conventions and carry no unit; units are base units (UCUM), from which the Prometheus
/// names follow. docs/telemetry.md lists them; a test compares the two.
/// </summary>
/// <param name="meter">The meter that they belong to.</param>
/// <param name="checkpointAge">Gives the age of the last checkpoint in seconds, or nothing before the first.</param>
/// <param name="work">Gives the Unix time of the last sign of work, or nothing where nobody knows it.</param>
/// <param name="state">Gives 1 for the state of the run.</param>
/// <param name="ended">Gives the Unix time at which the run ended in order, or nothing before.</param>
internal sealed class TrainingInstruments(
    Meter meter, Func<IEnumerable<Measurement<double>>> checkpointAge, Func<IEnumerable<Measurement<double>>> work,
    Func<IEnumerable<Measurement<long>>> state, Func<IEnumerable<Measurement<double>>> ended)
{
    /// <summary>
    /// Bounds of the histograms in seconds: from a step of a toy on CPU (2 ms) to a checkpoint of a large model (2 min), in factors of 2 to
    /// 3.
    /// </summary>
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120],
    };

    // The optimiser.
    public Gauge<double> LearningRate { get; } = meter.CreateGauge<double>("lhts.learning_rate", null, "Learning rate of the last step.");
    public Gauge<double> GradientNorm { get; } = meter.CreateGauge<double>(
        "lhts.gradient.norm", null, "L2 norm of the gradient before clipping.");

    // How far the run is.
    public Gauge<long> Step { get; } = meter.CreateGauge<long>("lhts.step", "{step}", "Steps of the stage, over all resumptions.");
    public Counter<long> Steps { get; } = meter.CreateCounter<long>("lhts.steps", "{step}", "Steps made by this process.");
    public Counter<long> SkippedSteps { get; } = meter.CreateCounter<long>(
        "lhts.steps.skipped", "{step}", "Steps whose update was left out: not finite.");
    public Gauge<double> LastStepTimestamp { get; } = meter.CreateGauge<double>(
        "lhts.step.last_timestamp", "s", "Unix time of the end of the last step.");
    public ObservableGauge<double> LastWorkTimestamp { get; } = meter.CreateObservableGauge(
        "lhts.work.last_timestamp", work, "s", "Unix time of the last sign of work: a step, or part of an evaluation or preparation.");
    public Gauge<double> Epoch { get; } = meter.CreateGauge<double>(
        "lhts.epoch", "{epoch}", "Passes over the data, with the fraction of the present one.");
    public Gauge<double> Remaining { get; } = meter.CreateGauge<double>(
        "lhts.stage.remaining", "s", "Time until the end of the stage at the present speed.");
    public Gauge<long> Restarts { get; } = meter.CreateGauge<long>(
        "lhts.run.restarts", "{restart}", "Times that the run was taken up again.");

    public ObservableGauge<long> State { get; } = meter.CreateObservableGauge(
        "lhts.run.state", state, null, "1 for where the run stands: starting, running, done, stopped or failed.");
    public ObservableGauge<double> Ended { get; } = meter.CreateObservableGauge(
        "lhts.run.ended_timestamp", ended, "s", "Unix time at which the run said that it is done or stopped.");

    // Data and speed.
    public Counter<long> Tokens { get; } = meter.CreateCounter<long>(
        "lhts.tokens", "{token}", "Tokens that went through the model: real ones and padding.");
    public Gauge<double> TokenRate { get; } = meter.CreateGauge<double>(
        "lhts.token.rate", "{token}/s", "Real tokens per second in the last step.");
    public Gauge<double> DrawRate { get; } = meter.CreateGauge<double>(
        "lhts.draw.rate", "{token}/s", "Tokens of the student's own samples per second of drawing in the last step, of one rank.");
    public Counter<long> Documents { get; } = meter.CreateCounter<long>(
        "lhts.documents", "{document}", "Documents by what became of them.");
    public Gauge<long> QueuedBatches { get; } = meter.CreateGauge<long>(
        "lhts.data.queued", "{batch}", "Batches that are ready and wait for the loop.");
    public Gauge<double> Mfu { get; } = meter.CreateGauge<double>(
        "lhts.compute.mfu", "1", "Model FLOPs utilisation: arithmetic done over what large matrix products reach.");
    public Histogram<double> StepDuration { get; } = meter.CreateHistogram("lhts.step.duration", "s", "Time of a step.", null, Durations);
    public Histogram<double> PhaseDuration { get; } = meter.CreateHistogram(
        "lhts.step.phase.duration", "s", "Time of a step by phase.", null, Durations);
    public Gauge<long> LiveTensors { get; } = meter.CreateGauge<long>(
        "lhts.tensors.live", "{tensor}", "Tensors alive after the last step.");
    public Gauge<long> DeviceMemory { get; } = meter.CreateGauge<long>(
        "lhts.device.memory", "By", "Memory of the device after the last step.");

    // Likelihood and diversity of samples.
    public Gauge<double> LogLikelihood { get; } = meter.CreateGauge<double>(
        "lhts.sample.log_likelihood", "{nat}", "Mean log-likelihood of samples under the teacher, per token.");
    public Gauge<double> Distinct { get; } = meter.CreateGauge<double>(
        "lhts.sample.distinct", "1", "Different n-grams over all n-grams of the samples.");
    public Gauge<double> Repetition { get; } = meter.CreateGauge<double>(
        "lhts.sample.repetition", "1", "Share of n-grams that repeat within a sample.");
    public Gauge<double> SelfBleu { get; } = meter.CreateGauge<double>(
        "lhts.sample.self_bleu", null, "BLEU of a sample against the others: high is alike.");
    public Gauge<double> Entropy { get; } = meter.CreateGauge<double>(
        "lhts.sample.entropy", "{nat}", "Entropy of the n-grams of the samples.");
    public Gauge<double> EffectiveTemperature { get; } = meter.CreateGauge<double>(
        "lhts.sample.effective_temperature", null, "Joint temperature that pairs of samples tell.");
    public Gauge<double> EffectiveTemperatureError { get; } = meter.CreateGauge<double>(
        "lhts.sample.effective_temperature_error", null, "Standard error of the effective temperature.");
    public Gauge<double> MyopicTemperature { get; } = meter.CreateGauge<double>(
        "lhts.sample.myopic_temperature", null, "Myopic temperature at which the teacher's own samples are as likely.");
    public Gauge<double> EntropyPerToken { get; } = meter.CreateGauge<double>(
        "lhts.sample.entropy_per_token", "{nat}", "Entropy per token of what the samples were drawn from.");
    public Gauge<double> FreeEnergy { get; } = meter.CreateGauge<double>(
        "lhts.sample.free_energy", "{nat}", "Free energy of what the samples were drawn from, per sequence.");
    public Gauge<double> Gain { get; } = meter.CreateGauge<double>(
        "lhts.sample.gain", "{nat}", "How much nearer to the joint temperature the student is than the best myopic one, per sequence.");
    public Gauge<double> GainError { get; } = meter.CreateGauge<double>("lhts.sample.gain_error", "{nat}", "Standard error of the gain.");
    public Gauge<long> EvaluationStep { get; } = meter.CreateGauge<long>(
        "lhts.evaluation.step", "{step}", "Student's step at the last evaluation.");
    public Histogram<double> EvaluationDuration { get; } = meter.CreateHistogram(
        "lhts.evaluation.duration", "s", "Time of an evaluation.", null, Durations);

    // Checkpoints.
    public Gauge<long> CheckpointSize { get; } = meter.CreateGauge<long>("lhts.checkpoint.size", "By", "Size of the last checkpoint.");
    public Histogram<double> CheckpointDuration { get; } = meter.CreateHistogram(
        "lhts.checkpoint.duration", "s", "Time to write a checkpoint.", null, Durations);

    public ObservableGauge<double> CheckpointAge { get; } = meter.CreateObservableGauge(
        "lhts.checkpoint.age", checkpointAge, "s", "Time since the last checkpoint.");
}
