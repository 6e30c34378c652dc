using Lhts.Objectives;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>Trains a tabular student with an objective of src/Objectives and measures it exactly.</summary>
public sealed class MarkovTrial(MarkovTeacher teacher, TrialSettings settings)
{
    /// <summary>Runs the trial; the objective is disposed.</summary>
    /// <param name="objective">What to train with.</param>
    /// <param name="head">The objective's learned baseline, if it has one, to be measured too.</param>
    /// <param name="numTags">Tags that the student is conditioned on; the last is what it is asked for.</param>
    public TrialResult Run(IObjective objective, LearnedBaseline? head = null, int numTags = 1)
    {
        using var scope = NewDisposeScope();
        using var owned = objective;
        using var student = new MarkovStudent(teacher, numTags);
        var random = new Random(settings.Seed);
        var model = teacher.JointTemperature(1);
        var groups = new List<AdamW.ParamGroup> { Group([student.Transition, student.Position]) };
        if (objective.Parameters.Count > 0) groups.Add(Group(objective.Parameters.Select(entry => entry.Parameter)));
        using var optimizer = new AdamW(groups, lr: settings.StepSize, beta2: 0.99);
        var numSteps = settings.NumSequences / settings.BatchSize;
        var late = new List<LossSummary>();
        for (var step = 0; step < numSteps; step++)
        {
            using var inner = NewDisposeScope();
            var left = 1 - (double)step / numSteps;
            optimizer.ParamGroups.First().LearningRate = settings.StepSize * left;
            if (groups.Count > 1) optimizer.ParamGroups.Last().LearningRate = settings.HeadStepSize * left;
            var sample = new MarkovSample(teacher, teacher.Sample(model, settings.BatchSize, random), settings.Temperature);
            var summary = Step(objective, optimizer, student, sample, numTags);
            if (step >= numSteps * 3 / 4) late.Add(summary);
        }

        var errors = head is null ? (Level: double.NaN, Spread: double.NaN) : HeadErrors(head, model, random);
        var table = student.Table(numTags - 1);
        return new(
            teacher.Divergence(teacher.JointTemperature(settings.Temperature), table),
            late.Average(summary => summary.TokenSampleRatio), late.Average(summary => summary.ClipFraction),
            errors.Level, errors.Spread, TemperatureOf(table, random));
    }

    private static LossSummary Step(IObjective objective, AdamW optimizer, MarkovStudent student, MarkovSample sample, int numTags)
    {
        objective.Observe(sample.Batch, sample.Signal);
        while (objective.Commit()) objective.Observe(sample.Batch, sample.Signal);
        optimizer.zero_grad();
        var tags = numTags == 1
            ? zeros_like(sample.Batch.Temperatures, dtype: ScalarType.Int64)
            : (objective.ConditionOf(sample.Batch, sample.Signal) * numTags).to(ScalarType.Int64);
        var loss = objective.Loss(sample.Batch, student.Logits(sample.States, tags), sample.Signal);
        loss.Backward(1.0 / objective.CountOf(sample.Batch));
        optimizer.step();
        objective.EndStep();
        return loss.Sums.Summarise();
    }

    private static AdamW.ParamGroup Group(IEnumerable<Parameter> parameters) => new(parameters, new AdamW.Options());

    private double TemperatureOf(double[,,] table, Random random)
    {
        var symbols = teacher.Sample(table, 2_000, random);
        return EffectiveTemperature.Of(teacher.LogProbs(symbols, teacher.JointTemperature(1)), teacher.LogProbs(symbols, table)).Value;
    }

    private (double Level, double Spread) HeadErrors(LearnedBaseline head, double[,,] model, Random random)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var sample = new MarkovSample(teacher, teacher.Sample(model, 500, random), settings.Temperature);
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
