using System.Text.Json.Nodes;
using Lhts.Trainer;

namespace Lhts.EndToEnd.Tests;

/// <summary>Settings that change between two starts of a run.</summary>
[NonParallelizable]
public sealed class ChangedSettingsTests
{
    private static readonly string[] NoCheckpoints = ["--set", "checkpoint.everySteps=1000"];

    private TinyRun run = null!;

    [SetUp]
    public void Make()
    {
        run = new TinyRun();
        File.WriteAllText(run.RecipePath, TinyRun.Recipe(teacherSteps: "4", studentSteps: "20", temperatures: "0.7"));
    }

    [TearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void Steps_OfAFinishedStudent_Grow_AndEndWhereALongRunDoes()
    {
        Train(ExitCode.Done, "--set", "student.training.steps=12");
        var lengthened = Train(ExitCode.Done);
        Assert.That(lengthened.Output, Does.Contain("student: going on from step 12").And.Contain("student: from step 12 on student.training.steps 12 -> 20")
            .And.Contain("evaluation: made again"));
        Assert.That(Changes("student"), Is.EqualTo((string[])["12 student.training.steps 12 20"]));
        Assert.That(File.ReadAllText(run.PathOf("run", "report.html")), Does.Contain("student.training.steps"));
        Assert.That(Directory.Exists(run.PathOf("run", "evaluation-before-1")));

        Train(ExitCode.Done, "--output", "long");
        Assert.That(Weights("run"), Is.EqualTo(Weights("long")));
        Assert.That(Train(ExitCode.Done).Output, Does.Contain("student: already trained").And.Not.Contain("made again"));
    }

    [Test]
    public void Rate_ThatWasTooHigh_IsLoweredAndTheRunGoesOn()
    {
        Train(ExitCode.Done, "--set", "student.training.steps=12");
        var broken = Train(
            ExitCode.Failed, "--set", "student.training.learningRate=100", "--set", "student.training.weightDecay=1000", NoCheckpoints[0], NoCheckpoints[1]);
        Assert.That(broken.Errors, Does.Contain("Lower the learning rate").And.Not.Contain("   at "));
        var rescued = Train(ExitCode.Done, "--set", "student.training.learningRate=1e-4");
        Assert.That(rescued.Output, Does.Contain("student: going on from step 12"));
        Assert.That(Changes("student"), Does.Contain("12 student.training.learningRate 0.001 100").And.Contain("12 student.training.learningRate 100 0.0001"));
    }

    [Test]
    public void Rate_ThatWasTooHighFromTheStart_BindsNothing()
    {
        Train(ExitCode.Failed, "--set", "teacher.training.learningRate=100", "--set", "teacher.training.weightDecay=1000", "--set", "teacher.training.steps=20",
            NoCheckpoints[0], NoCheckpoints[1]);
        Train(ExitCode.Done);
        Assert.That(Changes("teacher"), Is.Empty);
    }

    [Test]
    public void Evaluation_WithOtherSettings_IsMadeAgainBesideTheEarlierOne()
    {
        Train(ExitCode.Done);
        var again = Train(ExitCode.Done, "--set", "evaluation.samples=6");
        Assert.That(again.Output, Does.Contain("student: already trained").And.Contain("evaluation: made again"));
        Assert.That(Rows("evaluation").Select(row => (int)row!["numSamples"]!), Is.All.EqualTo(6));
        Assert.That(Rows("evaluation-before-1").Select(row => (int)row!["numSamples"]!), Is.All.EqualTo(4));
    }

    [Test]
    public void Circumstances_OfAStoppedStage_ChangeAndAreTold()
    {
        Stop("--set", "checkpoint.everySteps=3", "--set", "data.tokensPerMicroBatch=64");
        var resumed = Train(ExitCode.Done, "--set", "student.training.steps=60", "--set", "threads=2");
        Assert.That(resumed.Output,
            Does.Contain("on checkpoint.everySteps 3 -> 7").And.Contain("on data.tokensPerMicroBatch 64 -> 128").And.Contain("on threads 1 -> 2"));
    }

    [Test]
    public void WhatDecidesTheResult_IsRefusedByItsKey()
    {
        Train(ExitCode.Done);
        var other = Train(ExitCode.BadInput, "--set", "student.temperatures=0.8", "--set", "student.training.sequencesPerStep=16");
        Assert.That(other.Errors, Does.Contain("student.temperatures was 0.7, is 0.8").And.Contain("student.training.sequencesPerStep was 8, is 16"));
        Assert.That(other.Errors, Does.Contain("delete 'run/student'"));
        Assert.That(run.Run("train", "run").ExitCode, Is.EqualTo(ExitCode.Done), "the folder keeps the recipe that it was made with");
        var longer = Train(ExitCode.BadInput, "--set", "teacher.training.steps=8");
        Assert.That(longer.Errors, Does.Contain("More steps are asked of 'run/teacher'").And.Contain("Delete 'run/student'"));
        Assert.That(Train(ExitCode.Done).Output, Does.Contain("teacher: already trained").And.Contain("student: already trained"));
        Assert.That(Train(ExitCode.Done, "--set", "teacher.training.learningRate=1e-3").Output,
            Does.Contain("no step is left that could heed teacher.training.learningRate"));
    }

    private LhtsResult Train(int expected, params string[] more)
    {
        var result = run.Run(["train", "recipe.yaml", .. more]);
        Assert.That(result.ExitCode, Is.EqualTo(expected), result.Output + result.Errors);
        return result;
    }

    private void Stop(params string[] more)
    {
        var process = run.Start(["train", "recipe.yaml", "--set", "student.training.steps=60", .. more]);
        process.WaitUntil(() => Directory.Exists(run.PathOf("run", "student", "checkpoints")));
        process.Terminate();
        Assert.That(process.Wait().ExitCode, Is.EqualTo(ExitCode.Stopped));
    }

    private string[] Changes(string stage) => File.Exists(run.PathOf("run", stage, "changes.jsonl"))
        ? [.. File.ReadLines(run.PathOf("run", stage, "changes.jsonl")).Select(line => JsonNode.Parse(line)!)
            .Select(line => $"{line["step"]} {line["key"]} {line["was"]} {line["is"]}")]
        : [];

    private byte[] Weights(string output) => File.ReadAllBytes(run.PathOf(output, "student", "model", "model.safetensors"));

    private JsonArray Rows(string evaluation) => JsonNode.Parse(File.ReadAllText(run.PathOf("run", evaluation, "table.json")))!["rows"]!.AsArray();
}
