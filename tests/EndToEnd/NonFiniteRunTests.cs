using System.Text.Json.Nodes;
using Lhts.Models.Gpt;
using Lhts.Trainer;
using Lhts.Trainer.Training;
using TorchSharp;

namespace Lhts.EndToEnd.Tests;

/// <summary>A teacher with weights whose squares are infinite, which only long documents meet.</summary>
[NonParallelizable]
public sealed class NonFiniteRunTests
{
    private const string Teacher = "teacher:\n";

    /// <summary>One document in 20 has more tokens.</summary>
    private const int BrokenPosition = 120;

    private TinyRun run = null!;

    [OneTimeSetUp]
    public void BreakATeacher()
    {
        run = new TinyRun();
        File.WriteAllText(run.RecipePath, Recipe("run", "stop", teacher: ""));
        Assert.That(run.Run("train", "recipe.yaml").ExitCode, Is.EqualTo(ExitCode.Done));
        var folder = run.PathOf("run", "teacher", "model");
        using var model = Gpt2Checkpoint.Load(folder);
        using (torch.no_grad())
        {
            model.named_parameters().Single(p => p.Item1.Contains("wpe", StringComparison.Ordinal)).Item2.narrow(0, BrokenPosition, 1).fill_(float.MaxValue);
        }

        Gpt2Checkpoint.Save(model, run.PathOf("broken"));
        File.Copy(Path.Combine(folder, "tokenizer.json"), run.PathOf("broken", "tokenizer.json"));
    }

    [OneTimeTearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void Stop_EndsTheRunAndKeepsTheStep()
    {
        var result = Train("stopped", "stop");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Failed));
        var folder = Directory.GetDirectories(run.PathOf("stopped", "student", "nonfinite")).Single();
        Assert.That(result.Errors, Does.Contain("student/nonfinite/step-000000").And.Contain("Rows of the data set"));
        Assert.That(Directory.GetFiles(folder).Select(Path.GetFileName).Order(), Is.EqualTo(new[] { "rank-0.json", "rank-0.safetensors" }));
        Assert.That(Directory.Exists(run.PathOf("stopped", "student", "model")), Is.False);
    }

    [Test]
    public void Skip_GoesOnAndCounts()
    {
        var result = Train("skipped", "skip");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        var steps = File.ReadLines(run.PathOf("skipped", "metrics.jsonl")).Select(line => JsonNode.Parse(line)!).ToArray();
        var skipped = steps.Where(step => (bool?)step["skipped"] == true).ToArray();
        Assert.That(steps, Has.Length.EqualTo(20));
        Assert.That(skipped.Length, Is.InRange(1, 19), "some steps, not all");
        Assert.That(steps.Except(skipped).Select(step => (double)step["loss"]!), Is.All.GreaterThan(0));
        var saved = Directory.GetDirectories(run.PathOf("skipped", "student", "nonfinite"));
        Assert.That(saved, Has.Length.EqualTo(Math.Min(NonFiniteBatches.MostSteps, skipped.Length)));
    }

    private LhtsResult Train(string name, string onNonFinite)
    {
        File.WriteAllText(run.PathOf($"{name}.yaml"), Recipe(name, onNonFinite, "  load: broken\n"));
        return run.Run("train", $"{name}.yaml");
    }

    private static string Recipe(string output, string onNonFinite, string teacher) =>
        TinyRun.Recipe(output: output, teacherSteps: "4", studentSteps: "20", temperatures: "0.7")
            .Replace("contextLength: 32", "contextLength: 160", StringComparison.Ordinal)
            .Replace("learningRate: 1e-3", $"onNonFinite: {onNonFinite}, learningRate: 1e-3", StringComparison.Ordinal)
            .Replace(Teacher, Teacher + teacher, StringComparison.Ordinal);
}
