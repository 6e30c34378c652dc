using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Lhts.Testing;
using Lhts.Trainer;
using Lhts.Trainer.Recipes;

namespace Lhts.EndToEnd.Tests;

/// <summary>
/// Training gives the bits that it always has. Golden/NAME.yaml is a recipe (those of recipes/ as they were when the step was put on one page, and a few
/// that reach the other objectives, sources and conditionings), NAME.txt the losses of three steps of each stage and the weights after them. Those with split
/// documents were made anew when the pieces of these began to move and to overlap: without either, their bits were the old ones. All were made anew when the
/// head began to take hidden states: its products have other rows, and its weight's gradient is added before the embedding's (losses within 1e-5 of the old).
/// </summary>
[NonParallelizable]
public sealed class GoldenTests
{
    /// <summary>
    /// One thread and the kernels that every x86-64 with AVX2 has, so that the bits do not depend on the machine; they do on the versions of libtorch and
    /// OpenBLAS, which are Debian 12's.
    /// </summary>
    private static readonly Dictionary<string, string> SameKernels = new() { ["OPENBLAS_CORETYPE"] = "Haswell", ["ATEN_CPU_CAPABILITY"] = "avx2" };

    private static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(Repository.PathOf("tests", "EndToEnd", "Golden"), "*.yaml").Select(path => Path.GetFileNameWithoutExtension(path)!)
            .Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Names))]
    public void Training_ForThreeStepsOfEachStage_GivesTheBitsItAlwaysHas(string name)
    {
        using var run = new TinyRun();
        var recipe = RecipeTests.Shortened(RecipeReader.Read(Repository.PathOf("tests", "EndToEnd", "Golden", name + ".yaml")), steps: 3);
        if (recipe.Teacher.Load is not null) recipe = RecipeTests.WithSmallTeacher(recipe, run.Folder);
        File.WriteAllText(run.RecipePath, RecipeReader.Write(recipe with { Threads = 1, Output = "run" }));
        var result = LhtsProcess.Start(run.Folder, SameKernels, "train", "recipe.yaml").Wait();
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        var bits = BitsOf(run.PathOf("run"));
        TestContext.Out.WriteLine(bits);
        Assert.That(bits, Is.EqualTo(File.ReadAllText(Repository.PathOf("tests", "EndToEnd", "Golden", name + ".txt"))));
    }

    /// <summary>"STAGE STEP LOSS" for every step, then the SHA-256 of each model's weights.</summary>
    private static string BitsOf(string run)
    {
        var lines = new List<string>();
        foreach (var line in File.ReadLines(Path.Combine(run, "metrics.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("loss", out var loss))
            {
                lines.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{json.RootElement.GetProperty("stage")} {json.RootElement.GetProperty("step")} {loss.GetDouble():G12}"));
            }
        }

        foreach (var stage in (string[])["teacher", "student"])
        {
            var weights = Path.Combine(run, stage, "model", "model.safetensors");
            if (File.Exists(weights)) lines.Add($"{stage} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(weights)))}");
        }

        return string.Join("\n", lines) + "\n";
    }
}
