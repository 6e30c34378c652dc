using Lhts.Benchmarks.Exact;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Exact;

/// <summary>What is learnt from each source, on an enumerated teacher: the data's distribution times p^((1-T)/T).</summary>
public sealed class SourceOptimumTests : TensorTest
{
    private const double Temperature = 0.5;
    private const double TeacherShare = 0.2;

    private Enumeration space = null!;
    private Tensor teacher = null!;
    private Tensor corpus = null!;

    [SetUp]
    public void MakeModels()
    {
        space = new Enumeration(numSymbols: 3, length: 5);
        manual_seed(5);
        teacher = randn(space.NumPrefixes, 3, dtype: ScalarType.Float64);
        corpus = teacher + 0.7 * randn(space.NumPrefixes, 3, dtype: ScalarType.Float64);
    }

    [TearDown]
    public void DisposeSpace() => space.Dispose();

    /// <param name="share">The teacher's share: 1 is the source teacher, 0 the corpus, between them the mixture.</param>
    [TestCase(1)]
    [TestCase(0)]
    [TestCase(TeacherShare)]
    public void ExpectedGradient_OfASource_VanishesAtItsOptimumAlone(double share)
    {
        var data = DataOf(share);
        var optimum = OptimumOf(data);

        Assert.That(GradientSize(optimum, data), Is.LessThan(1e-12));
        foreach (var other in new[] { 0, TeacherShare, 1 }.Where(other => other != share))
        {
            Assert.That(GradientSize(OptimumOf(DataOf(other)), data), Is.GreaterThan(1e-4), $"the optimum of teacher share {other}");
        }
    }

    [Test]
    public void ExpectedGradient_WithATailLearnedFromTheSource_VanishesAtItsOptimum(
        [Values(0, TeacherShare, 1)] double share, [Values(1, 2)] int horizon)
    {
        var data = DataOf(share);
        var options = new LhtsOptions { Horizon = horizon, Clip = null, Beta = 0, Baseline = BaselineKind.Learned, Tail = TailKind.Bootstrap, HeadWidth = 0 };
        using var objective = new LhtsObjective(options, space.Length, hiddenSize: space.NumPrefixes);
        using (no_grad())
        {
            var weight = objective.Parameters.First(entry => entry.Name == "head.output.weight").Parameter; // (1, P + 1)
            weight.narrow(1, 0, space.NumPrefixes).copy_(LogPartitions(data).unsqueeze(0));
        }

        // The head is in float32, hence not the 1e-12 of the others.
        Assert.That(Gradient(OptimumOf(data), data, objective).abs().max().cpu().item<double>(), Is.LessThan(1e-6));
    }

    [Test]
    public void Optimum_OfTheTeachersSamples_IsTheJointTemperature() =>
        Near.Assert(space.LogProbs(OptimumOf(DataOf(1))).sum(dim: 1), space.JointTemperature(teacher, Temperature), 1e-12, "log p_T");

    [TestCase(0)]
    [TestCase(TeacherShare)]
    public void Student_TrainedOnASource_ReachesItsOptimum(double share)
    {
        var data = DataOf(share);
        var student = teacher.clone();
        // Newton's step would need the curvature; plain descent on a convex loss in 121 * 3 logits does.
        var squares = zeros_like(student);
        for (var step = 0; step < 600; step++)
        {
            using var scope = NewDisposeScope();
            var gradient = Gradient(student, data);
            squares.mul_(0.99).add_(gradient.square() * 0.01);
            student.sub_(gradient / (squares.sqrt() + 1e-12) * (0.05 * (1 - step / 600.0)));
        }

        var optimum = space.LogProbs(OptimumOf(data)).sum(dim: 1);
        Assert.That(space.Divergence(optimum, student), Is.LessThan(1e-3));
        Assert.That(space.Divergence(optimum, teacher), Is.GreaterThan(0.05), "the student had some way to go");
    }

    /// <summary>(N): the probabilities of the sequences that the student is trained on.</summary>
    private Tensor DataOf(double teacherShare) =>
        space.LogProbs(teacher).sum(dim: 1).exp() * teacherShare + space.LogProbs(corpus).sum(dim: 1).exp() * (1 - teacherShare);

    /// <summary>The table of the model in proportion to data * p^((1-T)/T).</summary>
    private Tensor OptimumOf(Tensor data) => space.TableOf(data.log() + space.LogProbs(teacher).sum(dim: 1) * ((1 - Temperature) / Temperature));

    private double GradientSize(Tensor student, Tensor data) => Gradient(student, data).abs().max().cpu().item<double>();

    private Tensor Gradient(Tensor student, Tensor data)
    {
        using var objective = new LhtsObjective(new LhtsOptions { Horizon = null, Clip = null, Beta = 0, Baseline = BaselineKind.None }, space.Length);
        return Gradient(student, data, objective);
    }

    private Tensor Gradient(Tensor student, Tensor data, LhtsObjective objective)
    {
        var batch = new ObjectiveBatch(space.Sequences, space.Mask, full(space.NumSequences, Temperature, dtype: ScalarType.Float64));
        var states = zeros(new[] { space.NumSequences, space.Length, space.NumPrefixes }, dtype: ScalarType.Float32)
            .scatter_(2, space.Prefixes.unsqueeze(2), ones(new long[] { space.NumSequences, space.Length, 1 }, dtype: ScalarType.Float32));
        var loss = objective.Loss(batch, space.Logits(student), new TeacherSignal(space.LogProbs(teacher), HiddenStates: states));
        return space.ExpectedGradient(loss.Gradient, data);
    }

    /// <summary>(P): for each prefix u the log of E[p(y|u)^a | u], y the continuation in the data.</summary>
    private Tensor LogPartitions(Tensor data)
    {
        var scaled = space.TableOf(data.log()).log_softmax(1) + teacher.log_softmax(1) * ((1 - Temperature) / Temperature); // (P, S)
        var levels = new List<Tensor>();
        var next = zeros(space.NumSequences, dtype: ScalarType.Float64);
        for (var i = space.Length - 1; i >= 0; i--)
        {
            var count = (long)Math.Pow(space.NumSymbols, i);
            next = (scaled.narrow(0, (count - 1) / (space.NumSymbols - 1), count) + next.reshape(count, space.NumSymbols)).logsumexp(1);
            levels.Insert(0, next);
        }

        return cat(levels.ToArray(), 0);
    }
}
