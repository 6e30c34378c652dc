using Lhts.Trainer;

namespace Lhts.EndToEnd.Tests;

/// <summary>Data that turns out to be bad in the middle of a run costs no step that was made.</summary>
[NonParallelizable]
public sealed class BadDataOnTheWayTests
{
    private TinyRun run = null!;

    [SetUp]
    public void Make()
    {
        run = new TinyRun();
        var documents = File.ReadAllText(run.PathOf("text.txt")).Split("\n\n");
        documents[60] = "7";
        File.WriteAllText(run.PathOf("text.txt"), string.Join("\n\n", documents));
        File.WriteAllText(run.RecipePath, TinyRun.Recipe(teacherSteps: "400", extra: "tokenizer: {alphabet: \" abcdefghijklmnopqrstuvwxyz\"}")
            .Replace("everySteps: 7", "everySteps: 1000", StringComparison.Ordinal)
            .Replace("longDocuments: split", "longDocuments: cut", StringComparison.Ordinal)); // of which one rank alone reads it
    }

    [TearDown]
    public void Remove() => run.Dispose();

    [TestCase("1")]
    [TestCase("2")]
    public void Document_ThatCannotBeEncoded_EndsTheRunWithTheLastStepSaved(string numRanks)
    {
        var result = run.Run("train", "recipe.yaml", "--nproc", numRanks);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadInput), result.Output + result.Errors);
        Assert.That(result.Errors, Does.Contain("U+0037").And.Not.Contain("   at "));
        var made = File.ReadLines(run.PathOf("run", "metrics.jsonl")).Count();
        Assert.That(made, Is.InRange(1, 399), "it comes up in the middle");
        Assert.That(Directory.GetDirectories(run.PathOf("run", "teacher", "checkpoints")).Select(Path.GetFileName),
            Is.EqualTo((string[])[$"step-{made:00000000}"]));
        Assert.That(result.Output, Does.Contain($"step {made} is saved"));
    }
}
