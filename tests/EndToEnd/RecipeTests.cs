using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;
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
            var recipe = Shortened(RecipeReader.Read(Repository.PathOf("recipes", name)));
            if (recipe.Teacher.Load is not null) recipe = WithSmallTeacher(recipe, folder);
            File.WriteAllText(Path.Combine(folder, name), RecipeReader.Write(recipe));
            var result = LhtsProcess.Start(folder, "train", name).Wait();
            Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
            Assert.That(result.Output, Does.Contain("log p/token"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A tiny GPT-2 with random weights and a tokenizer of bytes, and a text, in place of those that the recipe names.</summary>
    internal static Recipe WithSmallTeacher(Recipe recipe, string folder)
    {
        var teacher = Path.Combine(folder, "teacher-model");
        Directory.CreateDirectory(teacher);
        var tokenizer = new ByteTokenizer();
        tokenizer.Save(teacher);
        using var generator = new TorchSharp.torch.Generator(1);
        using var model = new Gpt2(
            new Gpt2Config { NumLayers = 2, NumHeads = 2, EmbeddingSize = 16, NumPositions = recipe.Data.ContextLength,
                VocabularySize = tokenizer.VocabularySize }, generator);
        Gpt2Checkpoint.Save(model, teacher);
        File.WriteAllText(Path.Combine(folder, "text.txt"), string.Join("\n\n", Enumerable.Range(0, 40).Select(i => $"document {i} of a small text")));
        return recipe with
        {
            Device = "cpu",
            Data = recipe.Data with { Path = "parquet", Prepare = new PrepareRecipe { Source = "text.txt" } },
            Teacher = recipe.Teacher with { Load = "teacher-model" },
            Student = recipe.Student with { Training = recipe.Student.Training with { SequencesPerStep = 8 } },
            Telemetry = recipe.Telemetry with { Port = null },
        };
    }

    private static PrepareRecipe? Shortened(PrepareRecipe? prepare) =>
        prepare is { Chains: var chains, Source: "arithmetic-chains" }
            ? prepare with { Chains = (chains ?? new ChainRecipe()) with { Demonstrations = 500 } }
            : prepare;

    internal static Recipe Shortened(Recipe recipe, int steps = 2) => recipe with
    {
        Teacher = recipe.Teacher with { Training = recipe.Teacher.Training with { Steps = steps } },
        Student = recipe.Student with { Training = recipe.Student.Training with { Steps = steps } },
        Data = recipe.Data with { Prepare = Shortened(recipe.Data.Prepare) },
        Evaluation = recipe.Evaluation with
        {
            Samples = 2, MaxTokens = 8, Task = recipe.Evaluation.Task is { } task ? task with { Questions = 2, Draws = 1, Particles = 2, BestOf = 2 } : null,
        },
    };
}
