using Lhts.Objectives;

namespace Lhts.Telemetry.Tests;

/// <summary>Figures as a training loop would report them.</summary>
public static class Sample
{
    public static StepFigures Student { get; } = new()
    {
        Stage = "student",
        Step = 42,
        Epoch = 1.25,
        Figures = StudentFigures(),
        LearningRate = 1e-4,
        GradientNorm = 0.75,
        RealTokens = 3000,
        PaddingTokens = 72,
        DrawnTokens = 64,
        Remaining = TimeSpan.FromMinutes(2),
        LiveTensors = 310,
        Memory = new(5_000_000, 7_000_000, 8_000_000, 30_000_000, 40_000_000),
        QueuedBatches = 4,
        Mfu = 0.375,
        Times = StepTimes.Of(
            TimeSpan.FromMilliseconds(500),
            (StepPhase.DataWait, TimeSpan.FromMilliseconds(2)),
            (StepPhase.Draw, TimeSpan.FromMilliseconds(8)),
            (StepPhase.Teacher, TimeSpan.FromMilliseconds(98)),
            (StepPhase.Student, TimeSpan.FromMilliseconds(150)),
            (StepPhase.Backward, TimeSpan.FromMilliseconds(200)),
            (StepPhase.Update, TimeSpan.FromMilliseconds(40))),
    };

    public static StepFigures Teacher { get; } = new()
    {
        Stage = "teacher",
        Step = 7,
        Figures = DeclaredFigures.Of((LossFigures.Loss, double.NaN)),
        Skipped = true,
        RealTokens = 100,
        Times = StepTimes.Of(TimeSpan.FromSeconds(300), (StepPhase.AllReduce, TimeSpan.FromSeconds(1)), (StepPhase.Checkpoint, TimeSpan.FromSeconds(2))),
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
            foreach (var model in Enum.GetValues<SampledModel>()) meter.RecordSamples(Samples with { Model = model, Temperature = temperature });
        }

        meter.RecordEvaluation(40, TimeSpan.FromSeconds(3));
        meter.RecordRestarts(2);
        meter.RecordState(RunState.Done);
        meter.RecordCheckpoint(123456789, TimeSpan.FromSeconds(1.5));
    }

    private static RecordedFigures StudentFigures() => DeclaredFigures.Everything(
            (LossFigures.Loss, 2.5), (LossFigures.Likelihood, 2.25), (LossFigures.Kl, 0.125), (LossFigures.Auxiliary, 0.0625),
            (WeightFigures.ClipFraction, 0.05), (WeightFigures.EffectiveSampleSize, 0.625), (WeightFigures.MeanLog, -0.5), (WeightFigures.LargestLog, 3))
        .With(WeightFigures.ClipFraction, 0.05, 0.05).With(WeightFigures.EffectiveSampleSize, 0.625, 0.625)
        .With(WeightFigures.MeanLog, -0.5, -0.5).With(WeightFigures.LargestLog, 3, 3)
        .With(WeightFigures.LowLog, -3, -3).With(WeightFigures.MedianLog, -0.25, -0.25).With(WeightFigures.HighLog, 2, 2)
        .With(WeightFigures.BaselineError, 1.5, 1.5).With(WeightFigures.SequenceEffectiveSampleSize, 0.75, 0.75)
        .With(WeightFigures.Mean, 1.125, 1.125).With(WeightFigures.TopShare, 0.25, 0.25)
        .With(LossFigures.SourceSequences, 26, 6).With(LossFigures.SourceLoss, 2.75, 1.75)
        .With(LossFigures.Surprisal, 1.5, 1.25).With(WeightFigures.SourceEffectiveSampleSize, 0.5, 0.75);
}
