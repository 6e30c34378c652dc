using Lhts.Benchmarks.Exact;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Exact;

/// <summary>The control variate, in expectation over all sequences of an enumerated teacher.</summary>
public sealed class ControlTests : TensorTest
{
    private const double Temperature = 0.5;
    private Enumeration space = null!;
    private Tensor teacher = null!;

    [SetUp]
    public void MakeTeacher()
    {
        space = new Enumeration(numSymbols: 3, length: 5);
        manual_seed(4);
        teacher = randn(space.NumPrefixes, 3, dtype: ScalarType.Float64);
    }

    [TearDown]
    public void DisposeSpace() => space.Dispose();

    private Tensor Target => space.TableOf(space.JointTemperature(teacher, Temperature));

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(null)]
    public void ExpectedGradient_OfAnyStudent_IsTheSameWithAControl(int? horizon)
    {
        var student = randn(space.NumPrefixes, 3, dtype: ScalarType.Float64);
        var probabilities = Probabilities(teacher);

        var plain = space.ExpectedGradient(Gradient(student, horizon, ControlKind.None), probabilities);
        var controlled = space.ExpectedGradient(Gradient(student, horizon, ControlKind.Student), probabilities);

        Near.Assert(controlled, plain, 1e-12, "gradient");
    }

    [Test]
    public void ExpectedGradient_OfDataThatIsNotTheTeachers_IsNotTheSame()
    {
        var student = randn(space.NumPrefixes, 3, dtype: ScalarType.Float64);
        var probabilities = Probabilities(randn(space.NumPrefixes, 3, dtype: ScalarType.Float64));

        var difference = Gradient(student, 1, ControlKind.None) - Gradient(student, 1, ControlKind.Student);

        Assert.That(space.ExpectedGradient(difference, probabilities).abs().max().cpu().item<double>(), Is.GreaterThan(1e-3));
    }

    [Test]
    public void Gradient_AtTheJointTemperature_VanishesForEachSequence()
    {
        Assert.That(Largest(Gradient(Target, 1, ControlKind.Student)), Is.LessThan(1e-12));
        Assert.That(Largest(Gradient(Target, 1, ControlKind.None)), Is.GreaterThan(0.1), "without a control it does in the mean alone");
        Assert.That(Largest(Gradient(Target, 2, ControlKind.Student)), Is.GreaterThan(0.01), "nor over more than a token");
    }

    /// <summary>(N, L, S): of each sequence's loss, by the logits, with the exact log-partition.</summary>
    private Tensor Gradient(Tensor student, int? horizon, ControlKind control)
    {
        var options =
            new LhtsOptions { Baseline = BaselineKind.Learned, Tail = TailKind.Bootstrap, Horizon = horizon, Clip = null, Beta = 0, Control = control };
        using var objective = new LhtsObjective(options, new ExactBaseline(horizon));
        var partitions = space.LogPartitions(teacher, Temperature).index_select(0, space.Prefixes.reshape(-1)).reshape(space.NumSequences, space.Length, 1);
        var batch = new ObjectiveBatch(space.Sequences, space.Mask, full(space.NumSequences, Temperature, dtype: ScalarType.Float64));
        return objective.Loss(batch, space.Logits(student), new(space.LogProbs(teacher), HiddenStates: partitions)).Gradient;
    }

    private Tensor Probabilities(Tensor table) => space.LogProbs(table).sum(dim: 1).exp();

    private static double Largest(Tensor gradient) => gradient.abs().max().cpu().item<double>();
}
