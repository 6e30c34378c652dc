using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Lhts.Trainer;
using Lhts.Trainer.Hosting;

namespace Lhts.EndToEnd.Tests;

/// <summary>Objectives and sources beside the default, as whole runs.</summary>
[NonParallelizable]
public sealed class StudentSettingsTests
{
    private TinyRun run = null!;

    [OneTimeSetUp]
    public void Make() => run = new TinyRun();

    [OneTimeTearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void Partition_Evaluated_IsAskedForItsBestTag()
    {
        Train("partition", "objective: {kind: partition, quantiles: 4}");
        Assert.That(Rows("partition").Select(row => (double)row["longHorizonTemperature"]!), Is.EqualTo(new[] { 0.875 }), "the middle of the highest quarter");
        Assert.That(Steps("partition").All(step => step["klDivergence"] is not null && step["weights"] is null));
    }

    [Test]
    public void Temperature_OutsideThoseOfTheTraining_IsAnsweredWithANote()
    {
        var trained = Train("range", "temperatures: {min: 0.6, max: 0.9}");
        const string Note = "lies outside the temperatures 0.6 to 0.9 that the student was trained at";
        Assert.That(trained.Output, Does.Contain($"T 1 {Note}").And.Contain($"T 0.5 {Note}"));
        Assert.That(Rows("range").Select(row => (double)row["longHorizonTemperature"]!), Is.EqualTo(new[] { 1, 0.5 }));

        var far = run.Run("sample", "range", "-T", "0.1", "-n", "1", "--max-tokens", "4", "--json");
        Assert.That((far.ExitCode, far.Errors), Is.EqualTo((ExitCode.Done, $"note: T 0.1 {Note}, so this is an extrapolation{Environment.NewLine}")));
        Assert.That(far.Output, Does.StartWith("{\"text\":"));
        var near = run.Run("sample", "range", "-T", "0.6", "-n", "1", "--max-tokens", "4");
        Assert.That((near.ExitCode, near.Errors), Is.EqualTo((ExitCode.Done, "")));
        Assert.That(run.Run("sample", "range", "-T", "0").ExitCode, Is.EqualTo(ExitCode.BadInput));
    }

    [TestCase("mle", "objective: mle")]
    [TestCase("myopic", "temperatures: [0.6, 0.9]\n  objective: myopic")]
    [TestCase("pairwise", "temperatures: [0.6, 0.9]\n  objective: pairwise")]
    public void Objective_OfAnotherKind_RunsToItsTable(string name, string student)
    {
        Train(name, student);
        Assert.That(Rows(name), Is.Not.Empty);
        Assert.That(Rows(name).Select(row => row["effectiveTemperature"]), Has.None.Null, "measured for every row of the student");
        Assert.That(Steps(name).Select(step => (double)step["corpus"]!["negativeLogLikelihood"]!), Is.All.GreaterThan(0));
    }

    [TestCase("teacher", "{kind: teacher, buffer: 20, refresh: 3, batch: 5}")]
    [TestCase("mix", "{kind: mix, teacherShare: 0.4, buffer: 20, refresh: 1, batch: 5}")]
    public void Source_OfARunThatIsKilled_IsThatOfOneThatIsNot(string name, string source)
    {
        var student = $"temperatures: 0.7\n  source: {source}";
        Train(name, student);
        var killed = Start($"{name}-killed", student);
        killed.WaitUntil(() => Lines($"{name}-killed") >= 16);
        killed.Kill();
        killed.Wait();
        Train($"{name}-killed", student);

        Assert.That(Model($"{name}-killed"), Is.EqualTo(Model(name)));
        var counts = Steps(name).Select(step => ((int?)step["corpus"]?["sequences"] ?? 0, (int)step["teacherSamples"]!["sequences"]!)).Distinct();
        Assert.That(counts, Is.EqualTo(new[] { name == "mix" ? (5, 3) : (0, 8) }));
    }

    [Test]
    public void TextsOfTheJoint_BesideOwnSamples_AreTrainedOnAndBoundItsPartitionFromAbove()
    {
        WriteRecipe(
            "joint", "temperatures: 0.6\n  lengths: fixed\n  objective: soft-policy\n  source: {kind: student, batch: 3, jointShare: 0.25, jointRuns: 2}");
        var trained = run.Run("train", "joint.yaml", "--set", "evaluation.reference={particles: 128, runs: 2}", "--set", "evaluation.samples=64");
        Assert.That(trained.ExitCode, Is.EqualTo(ExitCode.Done), trained.Errors);
        Assert.That(Steps("joint").Select(step => ((int)step["studentSamples"]!["sequences"]!, (int)step["jointSamples"]!["sequences"]!)),
            Is.All.EqualTo((6, 2)));
        var row = Rows("joint").Single();
        var (below, above) = ((double)row["logPartitionBound"]!["value"]!, (double)row["logPartitionUpperBound"]!["value"]!);
        Assert.That(above - below, Is.InRange(-1, 8), "texts of 16 tokens, a student near the teacher");
    }

    [TestCase("own", "{kind: student, batch: 4}")]
    [TestCase("replay", "{kind: student, batch: 4, replayShare: 0.5, replayCapacity: 16}")]
    public void OwnSamples_OfARunThatIsKilledWhileItDraws_AreThoseOfOneThatIsNot(string name, string source)
    {
        var student = $"temperatures: {{min: 0.6, max: 1.0}}\n  lengths: fixed\n  objective: {{kind: subtb}}\n  source: {source}";
        Train(name, student);
        Assert.That(Steps(name).Select(step => (double?)step["drawnTokensPerSecond"]), Is.All.GreaterThan(0));
        KillWhileDrawing($"{name}-killed", student, step: 11);
        var resumed = Train($"{name}-killed", student);
        Assert.That(resumed.Output, Does.Contain("going on from step 7"));
        Assert.That(Model($"{name}-killed"), Is.EqualTo(Model(name)));
    }

    /// <summary>Lets a run pass its phases up to the drawing of a step, lets that begin, and kills it.</summary>
    private void KillWhileDrawing(string name, string student, int step)
    {
        WriteRecipe(name, student);
        var gate = run.PathOf($"{name}.gate");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(gate));
        listener.Listen();
        var process = LhtsProcess.Start(run.Folder, new Dictionary<string, string> { [PhaseGate.Variable] = gate }, "train", $"{name}.yaml");
        using (var rank = listener.Accept())
        {
            using var lines = new StreamReader(new NetworkStream(rank));
            while (lines.ReadLine() is { } line)
            {
                var isThere = line == $"0 {step} draw";
                rank.Send("\n"u8);
                if (!isThere) continue;
                process.Kill();
                break;
            }
        }

        Assert.That(process.Wait().ExitCode, Is.Not.EqualTo(ExitCode.Done));
    }

    private LhtsProcess Start(string name, string student)
    {
        WriteRecipe(name, student);
        return run.Start("train", $"{name}.yaml");
    }

    private void WriteRecipe(string name, string student) =>
        File.WriteAllText(run.PathOf($"{name}.yaml"), TinyRun.Recipe(output: name, teacherSteps: "8", studentSteps: "20", student: student));

    private LhtsResult Train(string name, string student)
    {
        var result = Start(name, student).Wait();
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        return result;
    }

    private IEnumerable<JsonNode> Rows(string name) =>
        JsonNode.Parse(File.ReadAllText(run.PathOf(name, "evaluation", "table.json")))!["rows"]!.AsArray().Where(row => (string?)row!["source"] == "student")!;

    private JsonNode[] Steps(string name) =>
        [.. File.ReadLines(run.PathOf(name, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!).Where(line => (string?)line["stage"] == "student")];

    private string Model(string name) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(run.PathOf(name, "student", "model", "model.safetensors"))));

    private int Lines(string name)
    {
        var path = run.PathOf(name, "metrics.jsonl");
        if (!File.Exists(path)) return 0;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Count(character => character == '\n');
    }
}
