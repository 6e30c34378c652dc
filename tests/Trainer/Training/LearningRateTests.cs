using Lhts.Trainer.Recipes;
using Lhts.Trainer.Training;

namespace Lhts.Trainer.Tests.Training;

public sealed class LearningRateTests
{
    private static readonly OptimizationRecipe Training = new() { Steps = 100, WarmupSteps = 10, LearningRate = 2 };

    [TestCase(0, 0.2)]
    [TestCase(4, 1.0)]
    [TestCase(9, 2.0)]
    [TestCase(99, 2.0)]
    public void Constant_AfterTheWarmup_Stays(long step, double expected) => Assert.That(LearningRate.At(step, Training), Is.EqualTo(expected).Within(1e-12));

    [TestCase(10, 2.0)]
    [TestCase(55, 1.1)]
    [TestCase(100, 0.2)]
    public void Cosine_AfterTheWarmup_FallsToATenth(long step, double expected) =>
        Assert.That(LearningRate.At(step, Training with { Schedule = Schedule.Cosine }), Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void NoWarmup_StartsAtThePeak() => Assert.That(LearningRate.At(0, Training with { WarmupSteps = 0 }), Is.EqualTo(2));
}
