using Lhts.Trainer;

namespace Lhts.EndToEnd.Tests;

/// <summary>Runs that are stopped and started again end with the weights of one that was not.</summary>
[NonParallelizable]
public sealed class ResumeTests
{
    private static readonly string[] Results =
        ["teacher/model/model.safetensors", "student/model/model.safetensors", "evaluation/table.json", "metrics.jsonl"];

    private TinyRun run = null!;
    private string[] undisturbed = null!;

    [OneTimeSetUp]
    public void RunUndisturbed()
    {
        run = new TinyRun();
        var result = run.Run("train", "recipe.yaml");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        undisturbed = Fingerprints("run");
    }

    [OneTimeTearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void Rerun_OfAFinishedRun_SkipsEveryStageAndPrintsTheTable()
    {
        var before = File.GetLastWriteTimeUtc(run.PathOf("run", "student", "model", "model.safetensors"));
        var result = run.Run("train", "recipe.yaml");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        Assert.That(result.Output, Does.Contain("teacher: already trained").And.Contain("student: already trained").And.Contain("log p/token"));
        Assert.That(File.GetLastWriteTimeUtc(run.PathOf("run", "student", "model", "model.safetensors")), Is.EqualTo(before));
    }

    [Test]
    public void Checkpoint_OfEachStage_HoldsAModelThatCanBeUsed()
    {
        var newest = Directory.GetDirectories(run.PathOf("run", "student", "checkpoints")).Order(StringComparer.Ordinal).Last();
        var result = run.Run("sample", Path.Combine(newest, "model"), "-n", "1", "--max-tokens", "3", "-T", "0.7");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
    }

    [Test]
    public void SameSeed_InAnotherFolder_GivesTheSameBytes()
    {
        WriteRecipe("again");
        Assert.That(run.Run("train", "again.yaml").ExitCode, Is.EqualTo(ExitCode.Done));
        Assert.That(Fingerprints("again"), Is.EqualTo(undisturbed));
    }

    [Test]
    public void Sigkill_AtRandomSteps_LosesNothingInTheEnd()
    {
        WriteRecipe("killed");
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var lines = Lines("killed") + TestContext.CurrentContext.Random.Next(1, 30);
            var process = run.Start("train", "killed.yaml");
            process.WaitUntil(() => Lines("killed") >= lines);
            TestContext.Out.WriteLine($"SIGKILL after {Lines("killed")} steps");
            process.Kill();
            process.Wait();
        }

        var result = run.Run("train", "killed.yaml");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        Assert.That(Fingerprints("killed"), Is.EqualTo(undisturbed));
    }

    [Test]
    public void Sigterm_AtARandomStep_SavesThatStepAndEndsWithCode3()
    {
        WriteRecipe("stopped");
        var lines = TestContext.CurrentContext.Random.Next(2, 80);
        var process = run.Start("train", "stopped.yaml");
        process.WaitUntil(() => Lines("stopped") >= lines);
        process.Terminate();
        var stopped = process.Wait();
        TestContext.Out.WriteLine($"SIGTERM after {lines} steps");
        Assert.That(stopped.ExitCode, Is.EqualTo(ExitCode.Stopped), stopped.Errors);
        var made = Lines("stopped");

        var resumed = run.Run("train", "stopped.yaml");
        Assert.That(resumed.ExitCode, Is.EqualTo(ExitCode.Done), resumed.Errors);
        var step = made > 60 ? made - 60 : made;
        Assert.That(resumed.Output, Does.Contain($"going on from step {step}").Or.Contain("already trained"), "no step before the stop is made again");
        Assert.That(Fingerprints("stopped"), Is.EqualTo(undisturbed));
    }

    [Test]
    public void DamagedCheckpoint_WhenResumed_FallsBackToTheOneBefore()
    {
        WriteRecipe("damaged");
        var process = run.Start("train", "damaged.yaml");
        process.WaitUntil(() => Lines("damaged") >= 40);
        process.Kill();
        process.Wait();
        var newest = Directory.GetDirectories(run.PathOf("damaged", "teacher", "checkpoints"), "step-*").Order(StringComparer.Ordinal).Last();
        using (var file = File.OpenWrite(Path.Combine(newest, "optimizer.safetensors")))
        {
            file.Seek(-1, SeekOrigin.End);
            file.WriteByte(0x55);
        }

        var result = run.Run("train", "damaged.yaml");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        Assert.That(result.Output, Does.Contain("is damaged (optimizer.safetensors is not what manifest.json says)"));
        Assert.That(Fingerprints("damaged"), Is.EqualTo(undisturbed));
    }

    private void WriteRecipe(string name) => File.WriteAllText(run.PathOf($"{name}.yaml"), TinyRun.Recipe(output: name));

    private int Lines(string output) =>
        File.Exists(run.PathOf(output, "metrics.jsonl")) ? ReadShared(run.PathOf(output, "metrics.jsonl")).Count(c => c == '\n') : 0;

    private string[] Fingerprints(string output) => [.. Results.Select(name => Fingerprint(run.PathOf(output, name)))];

    /// <summary>The bytes of a file; of the metrics only what does not depend on the clock or on other tensors of the process.</summary>
    private static string Fingerprint(string path)
    {
        if (!path.EndsWith(".jsonl", StringComparison.Ordinal))
        {
            return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
        }

        var lines = File.ReadLines(path).Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!);
        return string.Join('\n', lines.Select(line => $"{line["stage"]} {line["step"]} {line["loss"]} {line["gradientNorm"]}"));
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
