using Lhts.Benchmarks.Exact;
using Lhts.Testing;
using TorchSharp;
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

        var result = new MarkovTrial(teacher, new TrialSettings { NumSequences = 10_000 }).Run(Method.Bootstrapped(1));

        var myopic = teacher.Divergence(teacher.JointTemperature(0.5), teacher.Myopic(0.5));
        TestContext.Out.WriteLine($"myopic {myopic:G3}, bootstrapped {result}");
        Assert.That(result.Divergence, Is.LessThan(myopic / 20));
        Assert.That(result.TokenSampleRatio, Is.GreaterThan(0.8));
        Assert.That(result.HeadSpread, Is.LessThan(0.1));
        Assert.That(result.EffectiveTemperature, Is.EqualTo(0.5).Within(0.02));
    }

    [Test]
    public void Control_OnAMarkovChain_LeavesATenthOfTheDivergence()
    {
        var teacher = new MarkovTeacher(seed: 0, numSymbols: 4, length: 16);
        var trial = new MarkovTrial(teacher, new TrialSettings { NumSequences = 8_000 });

        var (plain, controlled) = (trial.Run(Method.Bootstrapped(1)), trial.Run(Method.Bootstrapped(1, ControlKind.Student)));

        TestContext.Out.WriteLine($"without {plain.Divergence:G3}, with {controlled.Divergence:G3}");
        Assert.That(controlled.Divergence, Is.LessThan(plain.Divergence / 10));
    }

    [Test]
    public void Transformer_OfAnEnumerableTeacher_IsBelowATenthOfMyopic()
    {
        using var space = new Enumeration(numSymbols: 4, length: 6);
        using var teacher = EnumeratedTeacher.Transformer(space, seed: 0);
        var trial = new EnumeratedTrial(teacher, TrialSettings.OfTransformers with { NumSequences = 12_800 });

        var result = trial.Run(Method.Bootstrapped(1, ControlKind.Student));

        var myopic = new EnumeratedLimit(space, teacher.Table, 0.5).Myopic().Divergence;
        TestContext.Out.WriteLine($"myopic in the limit {myopic:G3}; {result}");
        Assert.That(result.Divergence, Is.LessThan(myopic / 10));
        Assert.That(result.EffectiveTemperature, Is.EqualTo(0.5).Within(0.05));
    }

    [Test]
    public void Teacher_ThatIsATransformer_SaysAfterEachPrefixWhatItSaysAlongASequence()
    {
        using var space = new Enumeration(numSymbols: 3, length: 4);
        using var teacher = EnumeratedTeacher.Transformer(space, seed: 2);
        using var student = new TransformerStudent(teacher, numTags: 1);
        using var guard = no_grad();

        var along = student.Logits(arange(space.NumSequences), condition: null).log_softmax(2); // (N, L, S)

        Near.Assert(space.Logits(teacher.Table).to(ScalarType.Float32), along, 1e-4, "log-probs");
        Near.Assert(student.Table(condition: null).log_softmax(1), teacher.Table, 1e-4, "table");
    }
}
