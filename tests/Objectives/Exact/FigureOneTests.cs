using Lhts.Benchmarks.Exact;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Exact;

/// <summary>
/// The paper's Figure 1: "tap cabinet", "tap door" and "close door" with probability 0.3 each, 0.1 for anything else.
/// Symbols: first word tap, close or another; second word cabinet, door or another.
/// </summary>
public sealed class FigureOneTests : TensorTest
{
    private const int TapCabinet = 0;
    private const int TapDoor = 1;
    private const int CloseDoor = 4;

    private Enumeration space = null!;
    private Tensor teacher = null!;

    [SetUp]
    public void MakeTeacher()
    {
        space = new Enumeration(numSymbols: 3, length: 2);
        var probabilities = Enumerable.Range(0, 9).Select(answer => answer is TapCabinet or TapDoor or CloseDoor ? 0.3 : 0.1 / 6).ToArray();
        teacher = space.TableOf(tensor(probabilities).log());
    }

    [TearDown]
    public void DisposeSpace() => space.Dispose();

    [Test]
    public void Temperatures_OfOne_AreTheTeacher()
    {
        Near.Assert(Answers(teacher), space.JointTemperature(teacher, 1).exp().Values(), 1e-12, "joint");
        Assert.That(Answers(teacher)[CloseDoor], Is.EqualTo(0.3).Within(1e-12));
    }

    [Test]
    public void MyopicTemperature_TowardsZero_LosesCloseDoor()
    {
        var previous = 0.3;
        foreach (var temperature in new[] { 0.5, 0.2, 0.1, 0.05 })
        {
            var answers = Answers(teacher / temperature);
            Assert.That(answers[CloseDoor], Is.LessThan(previous), $"T {temperature}");
            previous = answers[CloseDoor];
            if (temperature > 0.05) continue;
            Assert.That(answers[CloseDoor], Is.LessThan(1e-4));
            Assert.That(answers[TapCabinet] + answers[TapDoor], Is.GreaterThan(0.9999));
        }
    }

    [TestCase(0.1)]
    [TestCase(0.05)]
    public void JointTemperature_TowardsZero_GivesAThirdEach(double temperature)
    {
        var answers = space.JointTemperature(teacher, temperature).exp().Values();
        foreach (var answer in new[] { TapCabinet, TapDoor, CloseDoor }) Assert.That(answers[answer], Is.EqualTo(1.0 / 3).Within(1e-6));
    }

    [Test]
    public void Student_TrainedAtALowTemperature_KeepsCloseDoor()
    {
        var answers = Answers(TabularTraining.Train(space, teacher, 0.2, numSteps: 600));
        foreach (var answer in new[] { TapCabinet, TapDoor, CloseDoor }) Assert.That(answers[answer], Is.EqualTo(1.0 / 3).Within(1e-3));
    }

    private double[] Answers(Tensor table) => space.LogProbs(table).sum(dim: 1).exp().Values();
}
