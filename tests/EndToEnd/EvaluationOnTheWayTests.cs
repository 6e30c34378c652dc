using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Lhts.Trainer;

namespace Lhts.EndToEnd.Tests;

/// <summary>Runs that look at the student on the way end as those that do not.</summary>
[NonParallelizable]
public sealed class EvaluationOnTheWayTests
{
    private const int StudentSteps = 40;
    private const int Every = 6;

    private TinyRun run = null!;

    [OneTimeSetUp]
    public void RunWithEvaluations()
    {
        run = new TinyRun();
        var result = Train("seen", every: "6");
        Assert.That(result.Errors, Does.Not.Contain("lhts:"));
        Assert.That(result.Output, Does.Contain("step 36: log p/token -"));
    }

    [OneTimeTearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void Weights_WithAndWithoutEvaluations_AreBitwiseTheSame()
    {
        Train("unseen", every: "null");
        foreach (var file in new[] { "student/model/model.safetensors", "evaluation/table.json", "evaluation/settings.yaml" })
        {
            Assert.That(Bytes("seen", file), Is.EqualTo(Bytes("unseen", file)), file);
        }

        Assert.That(Samples("unseen"), Is.Empty);
    }

    [Test]
    public void Samples_InTheMetricsFile_AreOfBothModelsAtEveryTemperatureAndStep()
    {
        var found = Samples("seen").Select(line => $"{line["step"]} {line["samples"]!["model"]} {line["samples"]!["temperature"]}");
        var expected =
            from step in Enumerable.Range(1, StudentSteps / Every).Select(number => number * Every)
            from setting in new[] { "teacher 1", "teacher 0.5", "student 1", "student 0.5" }
            select $"{step} {setting}";
        Assert.That(found, Is.EqualTo(expected));

        var teacher = Samples("seen").Where(line => (string)line["samples"]!["model"]! == "teacher").Select(line => line["samples"]!.ToJsonString());
        Assert.That(teacher.Distinct().Count(), Is.EqualTo(2), "the teacher does not change");
    }

    [Test]
    public void Samples_OfARunThatWasKilled_AreThoseOfOneThatWasNot()
    {
        var killed = Start("killed", every: "6");
        killed.WaitUntil(() => StudentLines("killed") >= 20);
        killed.Kill();
        killed.Wait();
        Train("killed", every: "6");

        Assert.That(Samples("killed").Select(line => line.ToJsonString()), Is.EqualTo(Samples("seen").Select(line => line.ToJsonString())));
        Assert.That(Bytes("killed", "student/model/model.safetensors"), Is.EqualTo(Bytes("seen", "student/model/model.safetensors")));
        Assert.That(File.ReadAllText(run.PathOf("killed", "starts")), Is.EqualTo("2\n"));
    }

    private LhtsProcess Start(string name, string every)
    {
        var recipe = TinyRun.Recipe(output: name, teacherSteps: "12", studentSteps: $"{StudentSteps}", every: every);
        File.WriteAllText(run.PathOf($"{name}.yaml"), recipe);
        return run.Start("train", $"{name}.yaml");
    }

    private LhtsResult Train(string name, string every)
    {
        var result = Start(name, every).Wait();
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        return result;
    }

    private IEnumerable<JsonNode> Samples(string name) =>
        File.ReadLines(run.PathOf(name, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!).Where(line => line["samples"] is not null);

    private int StudentLines(string name)
    {
        var path = run.PathOf(name, "metrics.jsonl");
        if (!File.Exists(path)) return 0;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split("\"stage\":\"student\"").Length - 1;
    }

    private string Bytes(string name, string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(run.PathOf(name, file))));
}
