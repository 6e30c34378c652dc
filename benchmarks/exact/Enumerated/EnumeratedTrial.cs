using Lhts.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>Trains a student of an enumerated teacher with an objective of src/Objectives and measures it exactly.</summary>
public sealed class EnumeratedTrial(EnumeratedTeacher teacher, TrialSettings settings)
{
    private const int NumDrawn = 2_000;

    /// <summary>Runs the trial.</summary>
    public EnumeratedResult Run(Method method)
    {
        using var scope = NewDisposeScope();
        manual_seed(settings.Seed); // of the head
        var (objective, head) = method.Create(new(teacher.Space.Length, teacher.HiddenStates.shape[1], settings.HeadWidth, teacher.Space.NumSymbols));
        using var owned = objective;
        using var student = Student(method);
        var random = new Random(settings.Seed);
        var stepSize = method.StepSizeOf(settings);
        using var optimizer = LabStep.Optimizer(student.Parameters, objective, stepSize);
        var numSteps = settings.NumSequences / settings.BatchSize;
        var late = new List<double>();
        for (var step = 0; step < numSteps; step++)
        {
            using var inner = NewDisposeScope();
            var left = 1 - (double)step / numSteps;
            LabStep.SetRates(optimizer, objective, stepSize * left, settings.HeadStepSize * left);
            var sequences = Sequences(method, student, random);
            var (batch, signal) = teacher.Ask(sequences, settings.Temperature, method.ReadsExact);
            if (objective.Agreement?.ReadsStudent == true)
            {
                batch = batch with { StudentLogProbs = teacher.Space.LogProbs(student.Table(null)).index_select(0, sequences) };
            }

            var figures = LabStep.Run(objective, optimizer, batch, signal, condition => student.Logits(sequences, method.NumTags > 1 ? condition : null));
            if (step >= numSteps * 3 / 4) late.Add(figures[WeightFigures.EffectiveSampleSize] ?? 1);
        }

        var noise = Noise(method, objective, student, random);
        return Measure(student.Table(method.NumTags > 1 ? (method.NumTags - 0.5) / method.NumTags : null)) with
        {
            TokenSampleRatio = late.Average(), NoiseAtStart = noise.Start, NoiseAtEnd = noise.End, HeadError = head is null ? double.NaN : HeadError(head),
        };
    }

    private Tensor Sequences(Method method, IEnumeratedStudent student, Random random)
    {
        if (!method.DrawsFromStudent) return teacher.Sample(settings.BatchSize, random);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var cumulative = teacher.Space.LogProbs(student.Table(null)).sum(dim: 1).exp().cumsum(0).data<double>().ToArray();
        return EnumeratedTeacher.Draw(cumulative, settings.BatchSize, random).MoveToOuterDisposeScope();
    }

    private IEnumeratedStudent Student(Method method) =>
        teacher.Model is null ? new TabularStudent(teacher, method.NumTags) : new TransformerStudent(teacher, method.NumTags);

    private EnumeratedResult Measure(Tensor table)
    {
        var space = teacher.Space;
        var target = space.JointTemperature(teacher.Table, settings.Temperature);
        var (logP, logQ) = (space.LogProbs(teacher.Table).sum(dim: 1), space.LogProbs(table).sum(dim: 1));
        var cumulative = logQ.exp().cumsum(0).data<double>().ToArray();
        var drawn = EnumeratedTeacher.Draw(cumulative, NumDrawn, new Random(settings.Seed));
        return new()
        {
            Divergence = space.Divergence(target, table),
            TotalVariation = 0.5 * (target.exp() - logQ.exp()).abs().sum().item<double>(),
            EffectiveTemperature =
                EffectiveTemperature.Of(logP.index_select(0, drawn).data<double>().ToArray(), logQ.index_select(0, drawn).data<double>().ToArray()).Value,
        };
    }

    /// <summary>The noise of a step's gradient where the student starts and where it has ended, the objective as it has become.</summary>
    private (double Start, double End) Noise(Method method, IObjective objective, IEnumeratedStudent trained, Random random)
    {
        using var fresh = Student(method);
        var start = GradientNoise.Of(fresh.Parameters, () => Differentiate(method, objective, fresh, random));
        var end = GradientNoise.Of(trained.Parameters, () => Differentiate(method, objective, trained, random));
        return (start.Variance / start.SquaredMean, end.Variance / start.SquaredMean);
    }

    private void Differentiate(Method method, IObjective objective, IEnumeratedStudent student, Random random)
    {
        var sequences = Sequences(method, student, random);
        var (batch, signal) = teacher.Ask(sequences, settings.Temperature, method.ReadsExact);
        LabStep.Differentiate(objective, batch, signal, condition => student.Logits(sequences, method.NumTags > 1 ? condition : null));
    }

    /// <summary>Root mean square of b less the exact log-partition, over positions, under p.</summary>
    private double HeadError(LearnedBaseline head)
    {
        using var guard = no_grad();
        var space = teacher.Space;
        var (batch, signal) = teacher.Ask(arange(space.NumSequences), settings.Temperature, exact: false);
        var exact = space.LogPartitions(teacher.Table, settings.Temperature).index_select(0, space.Prefixes.reshape(-1)).reshape(space.NumSequences, -1);
        var squares = (head.Values(WeightInputs.Of(batch, signal)) - exact).square().mean([1]);
        return Math.Sqrt((squares * space.LogProbs(teacher.Table).sum(dim: 1).exp()).sum().item<double>());
    }
}
