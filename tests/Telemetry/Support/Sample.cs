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
        BaselineLoss = 0.0625,
        LearningRate = 1e-4,
        GradientNorm = 0.75,
        RealTokens = 3000,
        PaddingTokens = 72,
        Remaining = TimeSpan.FromMinutes(2),
        LiveTensors = 310,
        Memory = new(5_000_000, 7_000_000, 8_000_000, 30_000_000, 40_000_000),
        Weights = new() { ClipFraction = 0.05, EffectiveSampleSizeRatio = 0.625, MeanLogWeight = -0.5, MaxLogWeight = 3 },
        Corpus = new() { Sequences = 26, Loss = 2.75, NegativeLogLikelihood = 1.5, EffectiveSampleSizeRatio = 0.5 },
        Samples = new() { Sequences = 6, Loss = 1.75, NegativeLogLikelihood = 1.25, EffectiveSampleSizeRatio = 0.75 },
        QueuedBatches = 4,
        ShareOfPeak = 0.375,
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

    public static WeightFigures WeightsOfOneTemperature { get; } = Student.Weights!.Value with
    {
        Quantiles = new(-3, -0.25, 2),
        BaselineError = 1.5,
        SequenceSampleSizeRatio = 0.75,
        MeanWeight = 1.125,
        TopShare = 0.25,
    };

    public static SampleFigures Samples { get; } = new()
    {
        Model = SampledModel.Student,
        Temperature = 0.5,
        LogLikelihood = -1.25,
        Distinct = [0.25, 0.5, 0.75, 1],
        Repetition = [0.75, 0.5, 0.25, 0],
        Entropy = [1, 2, 3, 4],
        SelfBleu = 0.125,
        EffectiveTemperature = 0.5625,
        EffectiveTemperatureError = 0.03125,
        MyopicTemperature = 0.625,
        EntropyPerToken = 0.75,
        FreeEnergy = -48.5,
        Gain = 5.25,
        GainError = 0.125,
    };

    /// <summary>Records something on every instrument.</summary>
    public static void RecordAll(TrainingMeter meter)
    {
        meter.RecordStep(Teacher);
        meter.RecordStep(Student);
        foreach (var outcome in Enum.GetValues<DocumentOutcome>()) meter.RecordDocuments(outcome, 10 + (int)outcome);
        foreach (var temperature in (double[])[0.5, 0.9])
        {
            meter.RecordWeights(temperature, WeightsOfOneTemperature);
            foreach (var model in Enum.GetValues<SampledModel>()) meter.RecordSamples(Samples with { Model = model, Temperature = temperature });
        }

        meter.RecordEvaluation(40, TimeSpan.FromSeconds(3));
        meter.RecordRestarts(2);
        meter.RecordCheckpoint(123456789, TimeSpan.FromSeconds(1.5));
    }
}
