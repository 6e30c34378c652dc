using Lhts.Testing;
using Lhts.Trainer.Conditioning;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Training;

namespace Lhts.Trainer.Tests.Training;

public sealed class TrustRegionTests : TensorTest
{
    [TestCase(0.4, 1, ExpectedResult = 1, Description = "at its highest")]
    [TestCase(0.4, 0.5, ExpectedResult = 0.55, Description = "well below the limit it rises")]
    [TestCase(0.8, 0.5, ExpectedResult = 0.5, Description = "near the limit it stays")]
    [TestCase(1.5, 0.5, ExpectedResult = 0.35, Description = "above it falls")]
    [TestCase(null, 0.5, ExpectedResult = 0.5, Description = "nobody looked")]
    public double Share_ByTheDivergenceOfAStep_Is(double? divergence, double share) => Math.Round(new TrustRegion(1).Next(share, divergence), 12);

    [Test]
    public void Share_ThatHasFallenTooFar_EndsTheRunInWords() => Assert.That(
        () => new TrustRegion(0.5).Next(1.0 / 64, 3),
        Throws.TypeOf<TrustRegionException>().With.Message.Contains("3 nats a sequence").And.Message.Contains("learningRate"));

    [TestCase(0, 0.0125)]
    [TestCase(59, 1)]
    [TestCase(60, 1)]
    [TestCase(80, 0.525)]
    [TestCase(99, 0.07375)]
    public void Cooldown_OfAHundredSteps_FallsOverTheLastForty(long step, double expected) => Assert.That(
        LearningRate.ShareAt(step, new OptimizationRecipe { Steps = 100, WarmupSteps = step == 0 ? 80 : 0, Schedule = Schedule.Cooldown }),
        Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void Temperatures_OneAStep_GoThroughTheRangeEvenlyInTheirInverse()
    {
        var draws = new TemperatureDraws(Temperatures.Between(0.5, 1), Seed: 3) { IsPerStep = true };
        var inverses = Enumerable.Range(0, 100).Select(step => 1 / draws.Of(step, lane: step % 7)).Order().ToArray();
        Assert.That(inverses, Is.All.InRange(1, 2));
        Assert.That(inverses.Zip(inverses.Skip(1), (low, high) => high - low).Max(), Is.LessThan(0.03), "no gap of three hundredths");
        Assert.That(draws.Of(5, 0), Is.EqualTo(draws.Of(5, 63)));
    }

    [Test]
    public void Kinds_OfConditioning_HaveNames() =>
        Assert.That(ConditioningKinds.All.Kinds.Keys, Is.EqualTo(new[] { "none", "every-position", "prefix", "layer-norms", "weights" }));

    [TestCase("lhts", TemperatureConditioningName.EveryPosition)]
    [TestCase("soft-policy", TemperatureConditioningName.Weights)]
    public void Conditioning_OfARange_IsThatOfItsObjective(string kind, TemperatureConditioningName expected) => Assert.That(
        new StudentRecipe { Temperatures = Temperatures.Between(0.5, 1), Objective = TinyTraining.ObjectiveOf(kind) }.ConditioningInUse.ToString(),
        Is.EqualTo(expected.ToString()));

    public enum TemperatureConditioningName
    {
        EveryPosition,
        Weights,
    }
}
