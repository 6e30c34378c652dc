using Lhts.Objectives;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>Trains a student of a chain with an objective of src/Objectives and measures it exactly.</summary>
public sealed class MarkovTrial(MarkovTeacher teacher, TrialSettings settings)
{
    private readonly double[,,] model = teacher.JointTemperature(1);

    /// <summary>Runs the trial.</summary>
    public MarkovResult Run(Method method)
    {
        using var scope = NewDisposeScope();
        manual_seed(settings.Seed); // of the head
        var (objective, head) = method.Create(new(teacher.Length, MarkovSample.HiddenSize(teacher), settings.HeadWidth, teacher.NumSymbols));
        using var owned = objective;
        using var student = new MarkovStudent(teacher, method.NumTags);
        var random = new Random(settings.Seed);
        var late = Train(method, objective, student, random);

        var noise = Noise(method, objective, student, random);
        var (error, spread) = head is null ? (double.NaN, double.NaN) : HeadErrors(head, random);
        var table = student.Table(method.NumTags - 1);
        return new()
        {
            Divergence = teacher.Divergence(teacher.JointTemperature(settings.Temperature), table),
            TokenSampleRatio = late.Average(figures => figures[WeightFigures.EffectiveSampleSize] ?? 1),
            ClipFraction = late.Average(figures => figures[WeightFigures.ClipFraction] ?? 0),
            NoiseAtStart = noise.Start, NoiseAtEnd = noise.End, HeadError = error, HeadSpread = spread, EffectiveTemperature = TemperatureOf(table, random),
        };
    }

    /// <summary>The figures of the last quarter of the steps.</summary>
    private List<FigureTable> Train(Method method, IObjective objective, MarkovStudent student, Random random)
    {
        var stepSize = method.StepSizeOf(settings);
        using var optimizer = LabStep.Optimizer(student.Parameters, objective, stepSize);
        var numSteps = settings.NumSequences / settings.BatchSize;
        var late = new List<FigureTable>();
        for (var step = 0; step < numSteps; step++)
        {
            using var inner = NewDisposeScope();
            var left = 1 - (double)step / numSteps;
            LabStep.SetRates(optimizer, objective, stepSize * left, settings.HeadStepSize * left);
            var sample = Sample(method, random);
            var figures = LabStep.Run(
                objective, optimizer, sample.Batch, sample.Signal, condition => student.Logits(sample.States, method.TagsOf(condition)));
            if (step >= numSteps * 3 / 4) late.Add(figures);
        }

        return late;
    }

    private MarkovSample Sample(Method method, Random random) =>
        new(teacher, teacher.Sample(model, settings.BatchSize, random), settings.Temperature, method.ReadsExact);

    private (double Start, double End) Noise(Method method, IObjective objective, MarkovStudent trained, Random random)
    {
        using var fresh = new MarkovStudent(teacher, method.NumTags);
        GradientNoise Of(MarkovStudent student) => GradientNoise.Of(student.Parameters, () =>
        {
            var sample = Sample(method, random);
            LabStep.Differentiate(objective, sample.Batch, sample.Signal, condition => student.Logits(sample.States, method.TagsOf(condition)));
        });
        var (start, end) = (Of(fresh), Of(trained));
        return (start.Variance / start.SquaredMean, end.Variance / start.SquaredMean);
    }

    private double TemperatureOf(double[,,] table, Random random)
    {
        var symbols = teacher.Sample(table, 2_000, random);
        return EffectiveTemperature.Of(teacher.LogProbs(symbols, model), teacher.LogProbs(symbols, table)).Value;
    }

    private (double Level, double Spread) HeadErrors(LearnedBaseline head, Random random)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var sample = new MarkovSample(teacher, teacher.Sample(model, 200, random), settings.Temperature);
        var exact = teacher.LogPartitions(settings.Temperature);
        var values = head.Values(WeightInputs.Of(sample.Batch, sample.Signal)).contiguous().data<double>().ToArray();
        var states = sample.States.contiguous().data<long>().ToArray();
        var errors = values.Select((value, at) => (Position: at % teacher.Length, Error: value - exact[at % teacher.Length, states[at]])).ToArray();
        var means = errors.GroupBy(entry => entry.Position).ToDictionary(group => group.Key, group => group.Average(entry => entry.Error));
        return (
            Math.Sqrt(errors.Average(entry => entry.Error * entry.Error)),
            Math.Sqrt(errors.Average(entry => Math.Pow(entry.Error - means[entry.Position], 2))));
    }
}
