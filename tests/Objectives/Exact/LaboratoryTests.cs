using Lhts.Benchmarks.Exact;
using Lhts.Testing;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Exact;

/// <summary>The exact laboratory itself, and its claim on one of its chains.</summary>
public sealed class LaboratoryTests : TensorTest
{
    [TestCase(0.5)]
    [TestCase(1.25)]
    public void JointTemperature_ByDynamicProgramming_IsTheEnumerated(double temperature)
    {
        var teacher = new MarkovTeacher(seed: 1, numSymbols: 3, length: 4);
        using var space = new Enumeration(numSymbols: 3, length: 4);
        var symbols = space.Sequences.contiguous().data<long>().ToArray();
        var logP = teacher.LogProbs(symbols, teacher.JointTemperature(1));
        Assert.That(logP.Sum(Math.Exp), Is.EqualTo(1).Within(1e-12));

        var scaled = tensor(logP) / temperature;

        Near.Assert(teacher.LogProbs(symbols, teacher.JointTemperature(temperature)), (scaled - scaled.logsumexp(0)).Values(), 1e-12, "log p_T");
    }

    [Test]
    public void Divergence_ByDynamicProgramming_IsTheEnumerated()
    {
        var teacher = new MarkovTeacher(seed: 1, numSymbols: 3, length: 4);
        using var space = new Enumeration(numSymbols: 3, length: 4);
        var symbols = space.Sequences.contiguous().data<long>().ToArray();
        var (target, model) = (teacher.JointTemperature(0.5), teacher.JointTemperature(0.9));
        var (logTarget, logModel) = (teacher.LogProbs(symbols, target), teacher.LogProbs(symbols, model));

        var expected = logTarget.Zip(logModel, (t, q) => Math.Exp(t) * (t - q)).Sum();

        Assert.That(teacher.Divergence(target, model), Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void BootstrappedTail_OfOneToken_ComesNearTheJointTemperature()
    {
        var teacher = new MarkovTeacher(seed: 0, numSymbols: 4, length: 24);
        var (objective, head) = Method.Bootstrapped(1).Create(teacher, 0.5);

        var result = new MarkovTrial(teacher, new TrialSettings { NumSequences = 10_000 }).Run(objective, head);

        var myopic = teacher.Divergence(teacher.JointTemperature(0.5), teacher.Myopic(0.5));
        TestContext.Out.WriteLine($"myopic {myopic:G3}, bootstrapped {result}");
        Assert.That(result.Divergence, Is.LessThan(myopic / 20));
        Assert.That(result.TokenSampleRatio, Is.GreaterThan(0.8));
        Assert.That(result.HeadSpread, Is.LessThan(0.1));
        Assert.That(result.EffectiveTemperature, Is.EqualTo(0.5).Within(0.02));
    }
}
