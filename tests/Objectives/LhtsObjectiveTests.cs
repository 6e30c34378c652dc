using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests;

public sealed class LhtsObjectiveTests : TensorTest
{
    private RandomStep step = null!;

    [SetUp]
    public void MakeStep()
    {
        step = RandomStep.Of(seed: 7, numSequences: 5, length: 12, numTokens: 6);
    }

    [Test]
    public void Loss_OfAStep_IsTheFormula()
    {
        var options = new LhtsOptions { Horizon = 3, Clip = 0.4, Baseline = BaselineKind.None, Beta = 0.2, KlDirection = KlDirection.TeacherStudent };
        using var objective = new LhtsObjective(options, RandomStep.MaxLength);

        var loss = StepRunner.Run([objective], [[step]]).Single();

        var (total, clipped) = Formula(options);
        var summary = FigureTable.Of(objective, loss);
        Assert.That(summary[LossFigures.Loss], Is.EqualTo(total).Within(1e-12));
        Assert.That(summary[WeightFigures.ClipFraction], Is.EqualTo(clipped).Within(1e-12));
    }

    [Test]
    public void Backward_WithAScale_ScalesTheGradient()
    {
        using var objective = new LhtsObjective(new LhtsOptions(), RandomStep.MaxLength);
        var parameter = step.StudentLogits.clone().requires_grad_(true);
        var loss = StepRunner.Run([objective], [[step with { StudentLogits = parameter * 2 }]]).Single();
        var expected = loss.Gradient * 2 * 0.25;

        loss.Backward(0.25);

        Near.Assert(parameter.grad!, expected, 1e-14, "gradient");
    }

    [Test]
    public void Normaliser_OnTheFirstStep_IsTheTeachersOwnLoss()
    {
        var options = new LhtsOptions { Baseline = BaselineKind.Mean, Beta = 0, NormalisePerTemperature = true };
        using var objective = new LhtsObjective(options, RandomStep.MaxLength, TemperatureBins.OfList([0.5, 0.9]));

        var loss = StepRunner.Run([objective], [[step with { StudentLogits = step.Teacher.Logits! }]]).Single();

        // The student is the teacher here, so the mean over each temperature's sequences is 1.
        Assert.That(FigureTable.Of(objective, loss)[LossFigures.Loss], Is.EqualTo(1).Within(1e-12));
    }

    [Test]
    public void Normaliser_InLaterSteps_IsTheRunningMeanOfTheStudents()
    {
        using var normaliser = new TemperatureNormaliser(TemperatureBins.OfList([0.5, 0.9]));
        var temperatures = tensor(new[] { 0.5, 0.9, 0.52 });
        var counted = ones(3, dtype: ScalarType.Bool);
        normaliser.Observe(tensor(new[] { 2.0, 10, 4 }), temperatures, counted, onlyNew: true);
        normaliser.Commit();
        Assert.That(normaliser.Means.Values(), Is.EqualTo(new[] { 3.0, 10 }));
        normaliser.Observe(tensor(new[] { 9.0, 1, 9 }), temperatures, counted, onlyNew: true);
        normaliser.Commit();
        Assert.That(normaliser.Means.Values(), Is.EqualTo(new[] { 3.0, 10 }), "temperatures that have a mean are left alone");
        normaliser.Observe(tensor(new[] { 6.0, 20, 6 }), temperatures, counted, onlyNew: false);
        normaliser.Commit();
        Assert.That(normaliser.Means.Values(), Is.EqualTo(new[] { 4.5, 15 }));
        Assert.That(normaliser.DivisorOf(temperatures).Values(), Is.EqualTo(new[] { 4.5, 15, 4.5 }));
    }

    [TestCase(BaselineKind.Mean)]
    [TestCase(BaselineKind.Index)]
    [TestCase(BaselineKind.IndexToken)]
    public void State_SavedAndLoaded_GoesOnBitwise(BaselineKind kind)
    {
        var options = new LhtsOptions { Baseline = kind, NormalisePerTemperature = true };
        var bins = TemperatureBins.OfRange(0.4, 1, 3);
        using var first = new LhtsObjective(options, RandomStep.MaxLength, bins);
        StepRunner.Run([first], [[step]]);
        using var second = new LhtsObjective(options, RandomStep.MaxLength, bins);
        second.Load(first.State.ToDictionary(entry => entry.Key, entry => entry.Value.clone()));
        var next = RandomStep.Of(seed: 8, numSequences: 4, length: 10, numTokens: 6);

        var expected = StepRunner.Run([first], [[next]]).Single();
        var actual = StepRunner.Run([second], [[next]]).Single();

        Near.Assert(actual.Gradient, expected.Gradient, 0, "gradient");
    }

    [Test]
    public void State_OfAnotherContext_IsRefusedWithBothShapes()
    {
        using var first = new LhtsObjective(new LhtsOptions(), maxLength: 8);
        using var second = new LhtsObjective(new LhtsOptions(), maxLength: 9);
        Assert.That(() => second.Load(first.State), Throws.ArgumentException.With.Message.Contains("(2, 8)").And.Message.Contains("(2, 9)"));
        Assert.That(() => second.Load(new Dictionary<string, Tensor>()), Throws.ArgumentException.With.Message.Contains("'baseline'"));
    }

    [Test]
    public void Objective_OfSequencesLongerThanTheContext_IsRefused()
    {
        using var objective = new LhtsObjective(new LhtsOptions(), maxLength: 8);
        Assert.That(() => objective.Observe(step.Batch, step.Teacher), Throws.ArgumentException.With.Message.Contains("12 positions"));
    }

    [Test]
    public void Options_OutOfBounds_AreAllNamedAtOnce() => Assert.That(
        () => new LhtsObjective(new LhtsOptions { Horizon = 0, Beta = -1, RunningMeanDecay = 2 }, 8),
        Throws.ArgumentException.With.Message.Contains("horizon 0").And.Message.Contains("beta -1").And.Message.Contains("decay 2"));

    [Test]
    public void Mle_OfAStep_IsTheMeanOverTokens()
    {
        using var objective = new MleObjective();

        var loss = StepRunner.Run([objective], [[step]]).Single();

        var logProbs = TokenHead.LogProbs(step.StudentLogits, step.Batch.Targets).masked_select(step.Batch.Mask).Values();
        Assert.That(FigureTable.Of(objective, loss)[LossFigures.Loss], Is.EqualTo(-logProbs.Average()).Within(1e-12));
        Assert.That(objective.CountOf(step.Batch), Is.EqualTo(logProbs.Length));
        var onehot = zeros_like(step.StudentLogits);
        onehot.scatter_add_(2, step.Batch.Targets.unsqueeze(2), ones(new long[] { 5, 12, 1 }, dtype: ScalarType.Float64));
        var expected = (step.StudentLogits.softmax(2) - onehot) * step.Batch.Mask.unsqueeze(2).to(ScalarType.Float64);
        Near.Assert(loss.Gradient, expected, 1e-12, "gradient");
    }

    private (double Total, double ClipFraction) Formula(LhtsOptions options)
    {
        var (teacher, student) = (step.Teacher.Logits!.log_softmax(2), step.StudentLogits.log_softmax(2));
        var kl = (teacher.exp() * (teacher - student)).sum(dim: 2).Values();
        var logQ = TokenHead.LogProbs(step.StudentLogits, step.Batch.Targets).Values();
        var logP = step.Teacher.LogProbs.Values();
        var lengths = step.Batch.Mask.to(ScalarType.Float64).sum(dim: 1).Values();
        var temperatures = step.Batch.Temperatures.Values();
        double total = 0, clipped = 0;
        for (var b = 0; b < 5; b++)
        {
            var a = (1 - temperatures[b]) / temperatures[b];
            for (var i = 0; i < lengths[b]; i++)
            {
                var end = Math.Min(i + (int)options.Horizon!, (int)lengths[b]);
                var logWeight = a * Enumerable.Range(i, end - i).Sum(k => logP[b * 12 + k]);
                clipped += logWeight > options.Clip ? 1 : 0;
                total += (-Math.Exp(Math.Min(logWeight, options.Clip!.Value)) * logQ[b * 12 + i] + options.Beta * kl[b * 12 + i]) / lengths[b];
            }
        }

        return (total / lengths.Count(length => length > 0), clipped / lengths.Sum());
    }
}
