using Lhts.Benchmarks.Exact;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests;

public sealed class ComparisonTests : TensorTest
{
    private RandomStep step = null!;

    [SetUp]
    public void MakeStep() => step = RandomStep.Of(seed: 3, numSequences: 7, length: 9, numTokens: 5);

    [Test]
    public void Myopic_OfAStep_IsTheDivergenceFromTheTemperedTeacher()
    {
        using var objective = new MyopicObjective();
        var parameter = step.StudentLogits.clone().requires_grad_(true);

        var loss = StepRunner.Run([objective], [[step with { StudentLogits = parameter.detach() }]]).Single();

        var target = (step.Teacher.Logits! / step.Batch.Temperatures.reshape(-1, 1, 1)).log_softmax(2);
        var kl = (target.exp() * (target - parameter.log_softmax(2))).sum(dim: 2);
        var expected = SequenceMeans.Of(step.Batch.Mask).Mean(kl).sum();
        expected.backward();
        Assert.That(FigureTable.Of(objective, loss)[LossFigures.Loss] * objective.CountIn(step.Batch), Is.EqualTo(expected.cpu().item<double>()).Within(1e-12));
        Near.Assert(loss.Gradient, parameter.grad!, 1e-12, "gradient");
    }

    [Test]
    public void Pairwise_OfAStep_IsTheMeanOverPairsOfOneTemperature()
    {
        using var objective = new PairwiseObjective(TemperatureBins.OfList([0.5, 0.9]));
        var parameter = step.StudentLogits.clone().requires_grad_(true);

        var loss = StepRunner.Run([objective], [[step with { StudentLogits = parameter.detach() }]]).Single();

        var expected = PairLoss(parameter);
        expected.backward();
        Assert.That(FigureTable.Of(objective, loss)[LossFigures.Loss] * objective.CountIn(step.Batch), Is.EqualTo(expected.cpu().item<double>()).Within(1e-9));
        Near.Assert(loss.Gradient, parameter.grad!, 1e-10, "gradient");
    }

    [Test]
    public void Pairwise_AtTheJointTemperature_IsZero()
    {
        using var space = new Enumeration(3, 4);
        var table = randn(space.NumPrefixes, 3, dtype: ScalarType.Float64);
        var student = space.TableOf(space.JointTemperature(table, 0.5));
        using var objective = new PairwiseObjective();
        var batch = new ObjectiveBatch(space.Sequences, space.Mask, full(space.NumSequences, 0.5, dtype: ScalarType.Float64));

        var loss = objective.Loss(batch, space.Logits(student), new(space.LogProbs(table)));

        Assert.That(FigureTable.Of(objective, loss)[LossFigures.Loss], Is.LessThan(1e-20));
        Assert.That(loss.Gradient.abs().max().cpu().item<double>(), Is.LessThan(1e-10));
    }

    [Test]
    public void Partition_OfAStep_TagsByTheLikelihoodAmongAllSeen()
    {
        var options = new PartitionOptions { NumQuantiles = 4, Beta = 0 };
        using var objective = new PartitionObjective(options, maxLength: 8);
        var (batch, teacher) = OneTokenEach([-1, -2, -3, -4, -5, -6, -7, -8]);
        objective.Observe(batch, teacher);
        objective.Commit();

        var (late, lateTeacher) = OneTokenEach([-0.5, -4.6, -20]);

        Near.Assert(objective.ConditionOf(batch, teacher).Values(), [0.875, 0.875, 0.625, 0.625, 0.375, 0.375, 0.125, 0.125], 1e-12, "tags");
        Near.Assert(objective.ConditionOf(late, lateTeacher).Values(), [options.BestTag, 0.625, 0.125], 1e-12, "tags of later sequences");
    }

    [Test]
    public void Partition_OfAStep_IsMaximumLikelihoodWithTheDivergence()
    {
        using var objective = new PartitionObjective(new PartitionOptions { Beta = 0.3 }, RandomStep.MaxLength);
        var parameter = step.StudentLogits.clone().requires_grad_(true);

        var loss = StepRunner.Run([objective], [[step with { StudentLogits = parameter.detach() }]]).Single();

        var (logQ, logP) = (parameter.log_softmax(2), step.Teacher.Logits!.log_softmax(2));
        var chosen = logQ.gather(2, step.Batch.Targets.unsqueeze(2)).squeeze(2);
        var expected = SequenceMeans.Of(step.Batch.Mask).Mean((logQ.exp() * (logQ - logP)).sum(dim: 2) * 0.3 - chosen).sum();
        expected.backward();
        Assert.That(FigureTable.Of(objective, loss)[LossFigures.Loss] * objective.CountIn(step.Batch), Is.EqualTo(expected.cpu().item<double>()).Within(1e-12));
        Near.Assert(loss.Gradient, parameter.grad!, 1e-12, "gradient");
    }

    private Tensor PairLoss(Tensor parameter)
    {
        var means = SequenceMeans.Of(step.Batch.Mask);
        var logQ = means.Sum(parameter.log_softmax(2).gather(2, step.Batch.Targets.unsqueeze(2)).squeeze(2));
        var differences = step.Batch.Temperatures * logQ - means.Sum(step.Teacher.LogProbs);
        var (temperatures, counted) = (step.Batch.Temperatures.Values(), means.Counted.Values());
        var total = zeros(1, dtype: ScalarType.Float64);
        foreach (var temperature in new[] { 0.5, 0.9 })
        {
            var members = Enumerable.Range(0, 7).Where(b => temperatures[b] == temperature && counted[b] > 0).ToArray();
            foreach (var (x, y) in from x in members from y in members where x != y select (x, y))
            {
                // The mean over ordered pairs, times the number of sequences, since losses are summed over those.
                total = total + (differences[x] - differences[y]).square() / (members.Length - 1.0);
            }
        }

        return total.sum();
    }

    private static (ObjectiveBatch Batch, TeacherSignal Teacher) OneTokenEach(double[] logProbs) => (
        new(zeros(logProbs.Length, 1, dtype: ScalarType.Int64), ones(logProbs.Length, 1, dtype: ScalarType.Bool), ones(logProbs.Length)),
        new(tensor(logProbs).unsqueeze(1)));
}
