using System.Text.Json.Nodes;
using Lhts.Trainer;

namespace Lhts.EndToEnd.Tests;

/// <summary>The teacher's scores are made by one command and used by another.</summary>
[NonParallelizable]
public sealed class ScoreTests
{
    private const string Teacher = "teacher:\n";
    private const string Student = "student:\n";
    private const string WithoutKl = Student + "  objective: {beta: 0}\n";

    private TinyRun run = null!;

    [OneTimeSetUp]
    public void TrainTheTeacher()
    {
        run = new TinyRun();
        File.WriteAllText(run.RecipePath, Cut(Recipe("run", scores: null)));
        Run(ExitCode.Done, "train", "recipe.yaml");
    }

    [OneTimeTearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void Train_WithKeptScores_ComesToTheSameStudent()
    {
        // Pieces of split documents start at other tokens in each epoch without scores, and at the same ones with them.
        File.WriteAllText(run.PathOf("scored.yaml"), Cut(Recipe("scored", "scores")));
        // Not trained yet, then trained without scores, then with them.
        Assert.That(Run(ExitCode.BadInput, "data", "score", "scored.yaml").Errors, Does.Contain("lhts train scored.yaml"));
        Assert.That(Run(ExitCode.BadInput, "train", "scored.yaml").Errors, Does.Contain("no teacher's scores in 'scores'").And.Contain("lhts data score"));
        Assert.That(Run(ExitCode.Done, "data", "score", "scored.yaml").Output, Does.Contain("120 documents"));
        Assert.That(Run(ExitCode.Done, "data", "score", "scored.yaml").Output, Does.Contain("already"));
        Run(ExitCode.Done, "train", "scored.yaml");

        var (asked, kept) = (Losses("run"), Losses("scored"));
        Assert.That(kept, Has.Length.EqualTo(asked.Length).And.Length.EqualTo(8));
        for (var step = 0; step < asked.Length; step++) Assert.That(kept[step], Is.EqualTo(asked[step]).Within(1e-4 * Math.Abs(asked[step])), $"step {step}");
    }

    [Test]
    public void Train_WithScoresOfSomethingElse_NamesWhatDiffers()
    {
        string LoadedRecipe(string output, string teacher) =>
            Recipe(output, "loaded-scores").Replace(Teacher, $"{Teacher}  load: {teacher}\n", StringComparison.Ordinal);
        var model = run.PathOf("run", "teacher", "model");
        File.WriteAllText(run.PathOf("loaded.yaml"), LoadedRecipe("loaded", model));
        Run(ExitCode.Done, "data", "score", "loaded.yaml");
        Run(ExitCode.Done, "train", "loaded.yaml"); // documents are split

        var other = run.PathOf("other");
        Directory.CreateDirectory(other);
        foreach (var path in Directory.GetFiles(model)) File.Copy(path, Path.Combine(other, Path.GetFileName(path)));
        using (var weights = File.OpenWrite(Path.Combine(other, "model.safetensors")))
        {
            weights.Seek(-4, SeekOrigin.End);
            weights.Write([0, 0, 0, 0]);
        }

        File.WriteAllText(
            run.PathOf("other.yaml"), LoadedRecipe("other-run", other).Replace("contextLength: 32", "contextLength: 16", StringComparison.Ordinal));
        var errors = Run(ExitCode.BadInput, "train", "other.yaml").Errors;
        Assert.That(errors, Does.Contain("teacher fingerprint: was ").And.Contain("context length: was 32, is 16").And.Contain("lhts data score"));
        Assert.That(errors, Does.Not.Contain("   at "));
    }

    [Test]
    public void Score_Stopped_EndsWithCode3AndLeavesNothingHalfWritten()
    {
        var text = File.ReadAllText(run.PathOf("text.txt"));
        File.WriteAllText(run.PathOf("long.txt"), string.Concat(Enumerable.Repeat(text, 100)));
        var recipe = Recipe("long", "long-scores").Replace("path: parquet", "path: long-parquet", StringComparison.Ordinal)
            .Replace("source: text.txt", "source: long.txt", StringComparison.Ordinal);
        File.WriteAllText(
            run.PathOf("long.yaml"), recipe.Replace(Teacher, $"{Teacher}  load: {run.PathOf("run", "teacher", "model")}\n", StringComparison.Ordinal));
        string[] Unfinished() => Directory.GetDirectories(run.Folder, ".long-scores.*");
        var process = run.Start("data", "score", "long.yaml");
        process.WaitUntil(() => Unfinished().Length > 0);
        process.Terminate();
        var result = process.Wait();
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Stopped), result.Output + result.Errors);
        Assert.That(Unfinished(), Is.Empty, "no file of it was complete");
        Assert.That(Directory.Exists(run.PathOf("long-scores")), Is.False);
    }

    [Test]
    public void Score_OfARecipeWithoutThem_SaysWhatToSet() =>
        Assert.That(Run(ExitCode.BadInput, "data", "score", "recipe.yaml").Errors, Does.Contain("'recipe.yaml' has no teacher.scores"));

    private static string Recipe(string output, string? scores)
    {
        var recipe = TinyRun.Recipe(output: output, teacherSteps: "6", studentSteps: "8").Replace(Student, WithoutKl, StringComparison.Ordinal);
        return scores is null ? recipe : recipe.Replace(Teacher, $"{Teacher}  scores: {scores}\n", StringComparison.Ordinal);
    }

    private static string Cut(string recipe) => recipe.Replace("longDocuments: split", "longDocuments: cut", StringComparison.Ordinal);

    private double[] Losses(string output) =>
    [
        .. File.ReadLines(run.PathOf(output, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!)
            .Where(line => (string?)line["stage"] == "student").Select(line => (double)line["loss"]!),
    ];

    private LhtsResult Run(int exitCode, params string[] arguments)
    {
        var result = run.Run(arguments);
        Assert.That(result.ExitCode, Is.EqualTo(exitCode), result.Output + result.Errors);
        return result;
    }
}
