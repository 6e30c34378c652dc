using System.Globalization;
using System.Security.Cryptography;
using Lhts.Launching.Transport;

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

    [TestCase("srun", "SLURM_STEP_ID=0 SLURM_PROCID=# SLURM_NTASKS=2 SLURM_LOCALID=# SLURM_NODEID=0 SLURM_TASKS_PER_NODE=2 SLURM_JOB_NODELIST=localhost")]
    [TestCase("mpirun", "OMPI_COMM_WORLD_RANK=# OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=# OMPI_COMM_WORLD_LOCAL_SIZE=2")]
    [TestCase("torchrun", "TORCHELASTIC_USE_AGENT_STORE=False RANK=# WORLD_SIZE=2 LOCAL_RANK=# LOCAL_WORLD_SIZE=2 MASTER_ADDR=127.0.0.1")]
    public void Ranks_OfAnotherLauncher_TrainTheSameBits(string launcher, string variables)
    {
        WriteRecipe(launcher);
        variables += $" MASTER_PORT={FreePort.Find()}";
        var processes = Enumerable.Range(0, 2).Select(rank => LhtsProcess.Start(run.Folder, Variables(variables, rank), "train", $"{launcher}.yaml")).ToList();
        var results = processes.Select(process => process.Wait()).ToList();
        Assert.That(results.Select(result => result.ExitCode), Is.All.EqualTo(ExitCode.Done),
            string.Concat(results.Select(result => result.Output + result.Errors)));
        Assert.That(Fingerprint(launcher), Is.EqualTo(undisturbed));
    }

    [Test]
    public void BadData_OnRanks_EndsWithItsMessageAndNoRestart()
    {
        File.WriteAllText(run.PathOf("missing.yaml"), TinyRun.Recipe(output: "missing", extra: Distributed)
            .Replace("text.txt", "no-such-file.txt", StringComparison.Ordinal).Replace("path: parquet", "path: none", StringComparison.Ordinal));
        var result = run.Run("train", "missing.yaml", "--nproc", "2");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadInput), result.Output + result.Errors);
        Assert.That(result.Output + result.Errors, Does.Contain("no-such-file.txt").And.Not.Contain("restart 1"));
    }

    private static Dictionary<string, string> Variables(string text, int rank) =>
        text.Replace("#", $"{rank}", StringComparison.Ordinal).Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

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
        var children = Directory.GetDirectories($"/proc/{agent}/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var worker = children.Single(child => ("\0" + File.ReadAllText($"/proc/{child}/environ")).Contains(wanted, StringComparison.Ordinal));
        return System.Diagnostics.Process.GetProcessById(int.Parse(worker, CultureInfo.InvariantCulture));
    }
}
