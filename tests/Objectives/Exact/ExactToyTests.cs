using Lhts.Benchmarks.Exact;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Exact;

/// <summary>A tabular teacher over 4 symbols and 6 positions, every one of its 4,096 sequences enumerated, in float64.</summary>
public sealed class ExactToyTests : TensorTest
{
    private const int NumSteps = 250;
    private Enumeration space = null!;
    private Tensor teacher = null!;

    [SetUp]
    public void MakeTeacher()
    {
        space = new Enumeration(numSymbols: 4, length: 6);
        manual_seed(3);
        teacher = randn(space.NumPrefixes, 4, dtype: ScalarType.Float64);
    }

    [TearDown]
    public void DisposeSpace() => space.Dispose();

    [TestCase(BaselineKind.None, 0.5)]
    [TestCase(BaselineKind.Mean, 0.5)]
    [TestCase(BaselineKind.Index, 0.5)]
    [TestCase(BaselineKind.IndexToken, 0.5)]
    [TestCase(BaselineKind.None, 1.25)]
    [TestCase(BaselineKind.IndexToken, 0.8)]
    public void ExpectedGradient_AtTheJointTemperature_IsZero(BaselineKind kind, double temperature)
    {
        var student = space.TableOf(space.JointTemperature(teacher, temperature));

        Assert.That(GradientSize(student, temperature, Baseline(kind)), Is.LessThan(1e-12));
        Assert.That(GradientSize(teacher, temperature, Baseline(kind)), Is.GreaterThan(1e-4), "away from the optimum it is not zero");
    }

    [Test]
    public void ExpectedGradient_WithABaselineThatReadsTheToken_IsNotZero()
    {
        var student = space.TableOf(space.JointTemperature(teacher, 0.5));
        Assert.That(GradientSize(student, 0.5, new ImproperBaseline()), Is.GreaterThan(1e-4));
    }

    [Test]
    public void Student_TrainedAtHalfTemperature_ReachesTheJointTemperature()
    {
        var target = space.JointTemperature(teacher, 0.5);

        var student = TabularTraining.Train(space, teacher, 0.5, NumSteps);

        var divergence = space.Divergence(target, student);
        var myopic = space.Divergence(target, teacher / 0.5);
        TestContext.Out.WriteLine($"KL(p_T || q) at T = 0.5 in nats per sequence: LHTS {divergence:G3}, myopic {myopic:G3}");
        Assert.That(divergence, Is.LessThan(1e-3));
        Assert.That(myopic, Is.GreaterThan(0.05));
    }

    private static IBaseline Baseline(BaselineKind kind) =>
        kind == BaselineKind.None ? new NoBaseline(horizon: null) : new RunningMeanBaseline(kind, horizon: null, maxLength: 6);

    private double GradientSize(Tensor student, double temperature, IBaseline baseline) =>
        TabularTraining.ExpectedGradient(space, teacher, student, temperature, baseline).abs().max().cpu().item<double>();
}
