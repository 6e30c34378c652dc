using System.Globalization;
using System.Security.Cryptography;
using Lhts.Trainer;

namespace Lhts.EndToEnd.Tests;

/// <summary>The command with several ranks, as real processes on this machine.</summary>
[NonParallelizable]
public sealed class RanksTests
{
    private const string Distributed = "distributed: {heartbeatTimeout: 3, collectiveTimeout: 60, shardOptimizer: true}";

    private TinyRun run = null!;
    private string undisturbed = null!;

    [OneTimeSetUp]
    public void RunUndisturbed()
    {
        run = new TinyRun();
        WriteRecipe("undisturbed");
        var result = run.Run("train", "undisturbed.yaml", "--nproc", "2");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Output + result.Errors);
        undisturbed = Fingerprint("undisturbed");
    }

    [OneTimeTearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void Checkpoint_OfTwoRanks_HoldsTheOptimizersShareOfEach()
    {
        var newest = Directory.GetDirectories(run.PathOf("undisturbed", "student", "checkpoints")).Order(StringComparer.Ordinal).Last();
        Assert.That(
            Directory.GetFiles(newest, "optimizer*").Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "optimizer-00000-of-00002.safetensors", "optimizer-00001-of-00002.safetensors" }));
    }

    [Test]
    public void Sigkill_OfEitherRank_EndsWithTheSameBits([Values(0, 1)] int rank)
    {
        var name = $"killed-{rank}";
        WriteRecipe(name);
        var process = run.Start("train", $"{name}.yaml", "--nproc", "2");
        process.WaitUntil(() => Lines(name) >= 20);
        WorkerOf(process.Id, rank).Kill();
        var result = process.Wait();
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Output + result.Errors);
        Assert.That(result.Errors, Does.Contain($"rank {rank} (").And.Contain("was ended by SIGKILL").And.Contain("restart 1 of 3"));
        Assert.That(Fingerprint(name), Is.EqualTo(undisturbed));
    }

    [Test]
    public void Sigterm_OfTheCommand_SavesOneStepAndGoesOnWithMoreRanks()
    {
        WriteRecipe("stopped");
        var process = run.Start("train", "stopped.yaml", "--nproc", "2");
        process.WaitUntil(() => Lines("stopped") >= 10);
        process.Terminate();
        var stopped = process.Wait();
        Assert.That(stopped.ExitCode, Is.EqualTo(ExitCode.Stopped), stopped.Output + stopped.Errors);
        var made = Lines("stopped");

        var resumed = run.Run("train", "stopped.yaml", "--nproc", "3");
        Assert.That(resumed.ExitCode, Is.EqualTo(ExitCode.Done), resumed.Output + resumed.Errors);
        Assert.That(resumed.Output, Does.Contain($"going on from step {(made > 60 ? made - 60 : made)}").Or.Contain("already trained"));
    }

    [Test]
    public void BadData_OnRanks_EndsWithItsMessageAndNoRestart()
    {
        File.WriteAllText(run.PathOf("missing.yaml"), TinyRun.Recipe(output: "missing", extra: Distributed).Replace("text.txt", "no-such-file.txt", StringComparison.Ordinal).Replace("path: parquet", "path: none", StringComparison.Ordinal));
        var result = run.Run("train", "missing.yaml", "--nproc", "2");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadInput), result.Output + result.Errors);
        Assert.That(result.Output + result.Errors, Does.Contain("no-such-file.txt").And.Not.Contain("restart 1"));
    }

    private void WriteRecipe(string name) => File.WriteAllText(run.PathOf($"{name}.yaml"), TinyRun.Recipe(output: name, extra: Distributed));

    private int Lines(string output)
    {
        var path = run.PathOf(output, "metrics.jsonl");
        if (!File.Exists(path)) return 0;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Count(c => c == '\n');
    }

    private string Fingerprint(string output) =>
        Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(run.PathOf(output, "student", "model", "model.safetensors"))));

    /// <summary>The agent's child that was told this rank.</summary>
    private static System.Diagnostics.Process WorkerOf(int agent, int rank)
    {
        var wanted = string.Create(CultureInfo.InvariantCulture, $"\0RANK={rank}\0");
        var children = Directory.GetDirectories($"/proc/{agent}/task").SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var worker = children.Single(child => ("\0" + File.ReadAllText($"/proc/{child}/environ")).Contains(wanted, StringComparison.Ordinal));
        return System.Diagnostics.Process.GetProcessById(int.Parse(worker, CultureInfo.InvariantCulture));
    }
}
