using Lhts.Testing;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;
using Lhts.Trainer.Sources;
using Lhts.Trainer.Tests.Training;

namespace Lhts.Trainer.Tests.Extending;

/// <summary>
/// A stranger's objective and source, each one file and one line of registration, through recipes, training and checkpoints (docs/extending.md).
/// </summary>
[NonParallelizable]
public sealed class ExtendingTests : TensorTest
{
    private const string Smallest = "name: x\ndata: {path: y}\n";

    private TinyTraining tiny = null!;

    [OneTimeSetUp]
    public void Register()
    {
        ObjectiveKinds.All.Add<ClippedLikelihoodRecipe>("clipped-likelihood");
        SourceKinds.All.Add<LongestFirstRecipe>("longest-first");
        tiny = new TinyTraining();
    }

    [OneTimeTearDown]
    public void Remove()
    {
        ObjectiveKinds.All.Remove("clipped-likelihood");
        SourceKinds.All.Remove("longest-first");
        tiny.Dispose();
    }

    [Test]
    public void Recipe_NamesTheObjectiveAndItsKeys()
    {
        var recipe = RecipeReader.Parse(Smallest + "student: {objective: {kind: clipped-likelihood, floor: 0.25}, source: longest-first}\n", "r.yaml");
        Assert.That(recipe.Student.Objective, Is.EqualTo(new ClippedLikelihoodRecipe { Floor = 0.25 }));
        Assert.That(RecipeReader.Write(recipe), Does.Contain("kind: clipped-likelihood").And.Contain("floor: 0.25").And.Contain("kind: longest-first"));
        Assert.That(
            () => RecipeReader.Parse(Smallest + "student: {objective: {kind: clipped-likelihood, floor: -1}}\n", "r.yaml"),
            Throws.TypeOf<RecipeException>().With.Message.Contains("student.objective.floor is -1, but must be between 0 and 100; use e.g. 0.5."));
        Assert.That(
            () => RecipeReader.Parse(Smallest + "student: {objective: {kind: clipped-likelihood, horizon: 4}}\n", "r.yaml"),
            Throws.TypeOf<RecipeException>().With.Message.Contains("student.objective.horizon belongs to kind lhts, not to clipped-likelihood"));
    }

    [Test]
    public void Training_Resumed_EndsWithTheSameBitsAndTellsTheFigure()
    {
        var recipe = new StudentRecipe { Objective = new ClippedLikelihoodRecipe(), Source = new LongestFirstRecipe() };
        using var whole = tiny.Begin(recipe);
        using var first = tiny.Begin(recipe);
        using var second = tiny.Begin(recipe);
        var folder = Path.Combine(tiny.Folder, "extended");
        first.Train(2).Save(folder);
        Assert.That(second.Resume(folder).Train(3).Weights(), Is.EqualTo(whole.Train(5).Weights()));
        Assert.That(first.Seen.Concat(second.Seen), Is.EqualTo(whole.Seen));
        Assert.That(whole.LastFigures[ClippedLikelihood.Counted], Is.InRange(0, 1));
    }
}
