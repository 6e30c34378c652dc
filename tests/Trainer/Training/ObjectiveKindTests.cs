using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Testing;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Sources;

namespace Lhts.Trainer.Tests.Training;

/// <summary>Every objective that a recipe can name, through the same steps and checkpoints.</summary>
public sealed class ObjectiveKindTests : TensorTest
{
    private TinyTraining tiny = null!;

    [OneTimeSetUp]
    public void Prepare() => tiny = new TinyTraining();

    [OneTimeTearDown]
    public void Remove() => tiny.Dispose();

    private static IEnumerable<string> Kinds() => ObjectiveKinds.All.Kinds.Keys;

    private static IEnumerable<string> SourceNames() => Sources.Keys;

    private static readonly Dictionary<string, SourceRecipe> Sources = new()
    {
        ["corpus"] = new CorpusRecipe(),
        ["teacher"] = new TeacherSourceRecipe { Buffer = 9, Refresh = 2, Batch = 4 },
        ["mix"] = new MixRecipe { TeacherShare = 0.5, Buffer = 9, Refresh = 2, Batch = 4 },
    };

    [Test]
    public void Training_Resumed_EndsWithTheSameBits([ValueSource(nameof(Kinds))] string kind, [ValueSource(nameof(SourceNames))] string source)
    {
        var recipe = Recipe(kind) with { Source = Sources[source] };
        using var whole = tiny.Begin(recipe);
        using var first = tiny.Begin(recipe);
        using var second = tiny.Begin(recipe);
        var folder = Path.Combine(tiny.Folder, $"resumed-{kind}-{source}");

        first.Train(2).Save(folder);

        Assert.That(second.Resume(folder).Train(2).Weights(), Is.EqualTo(whole.Train(4).Weights()));
        using var untrained = tiny.Begin(Recipe(kind));
        Assert.That(whole.Weights(), Is.Not.EqualTo(untrained.Weights()), "the steps did something");
        Assert.That(whole.LastLoss, Is.Not.NaN);
    }

    [Test]
    public void Training_ResumedInBfloat16_EndsWithTheSameBitsNearThoseOfFloat32([Values] bool isCheckpointed)
    {
        var recipe = Recipe("lhts") with { GradientCheckpointing = isCheckpointed };
        using var whole = tiny.Begin(recipe, Precision.Bfloat16);
        using var first = tiny.Begin(recipe, Precision.Bfloat16);
        using var second = tiny.Begin(recipe, Precision.Bfloat16);
        using var wide = tiny.Begin(recipe);
        var folder = Path.Combine(tiny.Folder, $"resumed-bfloat16-{isCheckpointed}");

        first.Train(2).Save(folder);

        Assert.That(second.Resume(folder).Train(2).Weights(), Is.EqualTo(whole.Train(4).Weights()));
        Assert.That(wide.Train(4).LastLoss, Is.EqualTo(whole.LastLoss).Within(1e-2).And.Not.EqualTo(whole.LastLoss));
    }

    [Test]
    public void Training_HoweverStepsAreSplit_ChangesTheParametersAlike([ValueSource(nameof(Kinds))] string kind)
    {
        var recipe = Recipe(kind) with { Source = new MixRecipe { TeacherShare = 0.3 } };
        using var together = tiny.Begin(recipe, tokensPerMicroBatch: 100_000);
        using var apart = tiny.Begin(recipe, tokensPerMicroBatch: 1);
        var (expected, actual) = (together.Train(3).Weights(), apart.Train(3).Weights());
        foreach (var (name, values) in expected) Assert.That(actual[name], Is.EqualTo(values).Within(2e-5f), name);
    }

    [TestCase("lhts", TemperatureConditioning.EveryPosition)]
    [TestCase("partition", TemperatureConditioning.EveryPosition)]
    [TestCase("mle", TemperatureConditioning.None)]
    public void Conditioning_OfAStudent_IsWhatItsObjectiveTells(string kind, TemperatureConditioning expected) =>
        Assert.That(Recipe(kind).ConditioningInUse, Is.EqualTo(expected));

    [Test]
    public void BestTag_OfQuantiles_IsTheMiddleOfTheHighest()
    {
        Assert.That(new PartitionRecipe { Quantiles = 4 }.BestTag, Is.EqualTo(new PartitionOptions { NumQuantiles = 4 }.TagOf(3)));
        Assert.That(new LhtsRecipe().BestTag, Is.Null);
    }

    private static StudentRecipe Recipe(string kind) =>
        new() { Temperatures = Temperatures.Of(0.5, 0.8), Objective = TinyTraining.ObjectiveOf(kind) };
}
