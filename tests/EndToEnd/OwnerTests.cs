using System.Globalization;

namespace Lhts.EndToEnd.Tests;

/// <summary>A run folder has one owner.</summary>
[NonParallelizable]
public sealed class OwnerTests
{
    private TinyRun run = null!;

    [SetUp]
    public void Make()
    {
        run = new TinyRun();
        File.WriteAllText(run.RecipePath, TinyRun.Recipe(teacherSteps: "100000", extra: "distributed: {heartbeatTimeout: 1.5}"));
    }

    [TearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void SecondRun_InTheFolderOfOneThatGoesOn_EndsAtOnceAndChangesNothing()
    {
        var first = run.Start("train", "recipe.yaml");
        first.WaitUntil(() => HasMetrics);
        var recipe = File.ReadAllText(run.PathOf("run", "recipe.yaml"));
        var second = run.Run("train", "recipe.yaml", "--set", "student.training.steps=41");
        Assert.That(second.ExitCode, Is.EqualTo(ExitCode.BadInput), second.Output + second.Errors);
        Assert.That(second.Errors, Does.Match(
            string.Create(CultureInfo.InvariantCulture, $"belongs to process {first.Id} on host '{Environment.MachineName}', which took it \\d+ s ago")));
        Assert.That(File.ReadAllText(run.PathOf("run", "recipe.yaml")), Is.EqualTo(recipe));
        first.Terminate();
        Assert.That(first.Wait().ExitCode, Is.EqualTo(ExitCode.Stopped));
    }

    [Test]
    public void Owner_StoppedPastItsLease_IsReplacedAndPublishesNothingOnceItWakesUp()
    {
        var first = run.Start("train", "recipe.yaml");
        first.WaitUntil(() => HasMetrics);
        first.Signal("STOP");
        LhtsProcess second;
        do
        {
            second = run.Start("train", "recipe.yaml", "--set", "teacher.training.steps=20", "--set", "student.training.steps=2");
            second.WaitUntil(() => second.Output.Contains("is taken over from process", StringComparison.Ordinal));
        }
        while (second.HasExited && second.Wait().ExitCode == ExitCode.BadInput); // the lease has not run out yet

        var result = second.Wait();
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Output + result.Errors);
        var before = Files();
        first.Signal("CONT");
        var woken = first.Wait();
        Assert.That(woken.ExitCode, Is.EqualTo(ExitCode.Failed), woken.Output + woken.Errors);
        Assert.That(woken.Errors, Does.Contain("nothing more is published from here"));
        Assert.That(Files(), Is.EqualTo(before));
    }

    private bool HasMetrics => File.Exists(run.PathOf("run", "metrics.jsonl")) && new FileInfo(run.PathOf("run", "metrics.jsonl")).Length > 2000;

    private string[] Files() =>
    [
        .. Directory.EnumerateFiles(run.PathOf("run"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{path} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}"),
    ];
}
