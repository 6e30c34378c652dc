using Lhts.Testing;
using Lhts.Trainer;
using Lhts.Trainer.Recipes;

namespace Lhts.EndToEnd.Tests;

/// <summary>Every recipe of the project runs.</summary>
[NonParallelizable]
public sealed class RecipeTests
{
    private static IEnumerable<string> Recipes() => Directory.EnumerateFiles(Repository.PathOf("recipes"), "*.yaml").Select(path => Path.GetFileName(path)!);

    [TestCaseSource(nameof(Recipes))]
    public void Recipe_ForTwoStepsOfEachStage_EndsWell(string name)
    {
        var folder = Directory.CreateTempSubdirectory("lhts-").FullName;
        try
        {
            var recipe = RecipeReader.Read(Repository.PathOf("recipes", name));
            File.WriteAllText(Path.Combine(folder, name), RecipeReader.Write(Shortened(recipe)));
            var result = LhtsProcess.Start(folder, "train", name).Wait();
            Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
            Assert.That(result.Output, Does.Contain("log p/token"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Recipe Shortened(Recipe recipe) => recipe with
    {
        Teacher = recipe.Teacher with { Training = recipe.Teacher.Training with { Steps = 2 } },
        Student = recipe.Student with { Training = recipe.Student.Training with { Steps = 2 } },
        Evaluation = recipe.Evaluation with { Samples = 2, MaxTokens = 8 },
    };
}
