using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Testing;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Tests.Training;

/// <summary>Every objective that a recipe can name, through the same steps and checkpoints.</summary>
public sealed class ObjectiveKindTests : TensorTest
{
    private TinyTraining tiny = null!;

    [OneTimeSetUp]
    public void Prepare() => tiny = new TinyTraining();

    [OneTimeTearDown]
    public void Remove() => tiny.Dispose();

    [Test]
    public void Training_Resumed_EndsWithTheSameBits([Values] ObjectiveKind kind, [Values] SourceKind source)
    {
        var recipe = Recipe(kind) with { Source = new SourceRecipe { Kind = source, TeacherShare = 0.5, Buffer = 9, Refresh = 2, Batch = 4 } };
        using var whole = tiny.Begin(recipe);
        using var first = tiny.Begin(recipe);
        using var second = tiny.Begin(recipe);
        var folder = Path.Combine(tiny.Folder, $"resumed-{kind}-{source}");

        first.Train(2).Save(folder);

        Assert.That(second.Resume(folder).Train(2).Weights(), Is.EqualTo(whole.Train(4).Weights()));
        using var untrained = tiny.Begin(Recipe(kind));
        Assert.That(whole.Weights(), Is.Not.EqualTo(untrained.Weights()), "the steps did something");
        Assert.That(whole.LastLoss.Loss, Is.Not.NaN);
    }

    [Test]
    public void Training_HoweverStepsAreSplit_ChangesTheParametersAlike([Values] ObjectiveKind kind)
    {
        var recipe = Recipe(kind) with { Source = new SourceRecipe { Kind = SourceKind.Mix, TeacherShare = 0.3 } };
        using var together = tiny.Begin(recipe, tokensPerMicroBatch: 100_000);
        using var apart = tiny.Begin(recipe, tokensPerMicroBatch: 1);
        var (expected, actual) = (together.Train(3).Weights(), apart.Train(3).Weights());
        foreach (var (name, values) in expected) Assert.That(actual[name], Is.EqualTo(values).Within(2e-5f), name);
    }

    [TestCase(ObjectiveKind.Lhts, TemperatureConditioning.EveryPosition)]
    [TestCase(ObjectiveKind.Partition, TemperatureConditioning.EveryPosition)]
    [TestCase(ObjectiveKind.Mle, TemperatureConditioning.None)]
    public void Conditioning_OfAStudent_IsWhatItsObjectiveTells(ObjectiveKind kind, TemperatureConditioning expected) =>
        Assert.That(StudentObjective.ConditioningOf(Recipe(kind)), Is.EqualTo(expected));

    [Test]
    public void BestTag_OfQuantiles_IsTheMiddleOfTheHighest()
    {
        var recipe = Recipe(ObjectiveKind.Partition) with { Objective = new ObjectiveRecipe { Kind = ObjectiveKind.Partition, Quantiles = 4 } };
        Assert.That(StudentObjective.BestTagOf(recipe), Is.EqualTo(new PartitionOptions { NumQuantiles = 4 }.TagOf(3)));
        Assert.That(StudentObjective.BestTagOf(Recipe(ObjectiveKind.Lhts)), Is.Null);
    }

    private static StudentRecipe Recipe(ObjectiveKind kind) =>
        new() { Temperatures = Temperatures.Of(0.5, 0.8), Objective = new ObjectiveRecipe { Kind = kind } };
}
