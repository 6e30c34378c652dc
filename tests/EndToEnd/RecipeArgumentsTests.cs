using Lhts.Testing;
using Lhts.Trainer;
using Lhts.Trainer.Recipes;

namespace Lhts.EndToEnd.Tests;

/// <summary>How commands are told their recipe, and what they say of one that cannot be run here.</summary>
[NonParallelizable]
public sealed class RecipeArgumentsTests
{
    private TinyRun run = null!;

    [OneTimeSetUp]
    public void Train()
    {
        run = new TinyRun();
        string[] values = ["--set", "student.training.steps=2", "--set", "teacher.training.steps=3", "--set", "evaluation.samples=2"];
        var result = run.Run(["train", "recipe.yaml", "--output", "here", "--device", "cpu", .. values]);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
    }

    [OneTimeTearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void Values_OfTheCommandLine_AreTheRunsOwn()
    {
        var recipe = RecipeReader.Read(run.PathOf("here", "recipe.yaml"));
        Assert.That((recipe.Student.Training.Steps, recipe.Teacher.Training.Steps, recipe.Output), Is.EqualTo((2, 3, run.PathOf("here"))));
        Assert.That(Directory.Exists(run.PathOf("run")), Is.False);
    }

    [Test]
    public void RunFolder_InPlaceOfTheRecipe_GoesOnFromAnyFolder()
    {
        var elsewhere = run.PathOf("elsewhere");
        Directory.CreateDirectory(elsewhere);
        var result = LhtsProcess.Start(elsewhere, "train", "../here").Wait();
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        Assert.That(result.Output, Does.Contain("teacher: already trained").And.Contain("student: already trained"));
        Assert.That(Directory.EnumerateFileSystemEntries(elsewhere), Is.Empty);
    }

    [Test]
    public void Recipe_ReadFromAnotherFolder_FindsItsData()
    {
        var elsewhere = run.PathOf("elsewhere-too");
        Directory.CreateDirectory(elsewhere);
        var result = LhtsProcess.Start(elsewhere, "validate", "../recipe.yaml").Wait();
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        Assert.That(result.Output, Does.Contain($"path: \"{run.PathOf("parquet")}\"\n").And.Contain("# data: 120 documents"));
    }

    [Test]
    public void Score_OfARun_TakesItsStudent()
    {
        File.WriteAllText(run.PathOf("lines.jsonl"), "{\"text\": \"the lord\"}\n");
        var result = run.Run("score", "here", "lines.jsonl", "--device", "cpu", "-T", "0.7");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        Assert.That(result.Output, Does.Contain("logProbs"));
    }

    [TestCase("train recipe.yaml --output cuda --device cuda", "--device: device is 'cuda', but must be cpu")]
    [TestCase("train recipe.yaml --output cuda --device cuda:99", "--device: device is 'cuda:99', but must be cpu")]
    [TestCase("validate recipe.yaml --set device=cuda:99", "--set device: device is 'cuda:99', but must be cpu")]
    [TestCase("validate recipe.yaml --set teacher.load=nowhere",
        "--set teacher.load: teacher.load is 'nowhere', but must be a folder in Hugging Face's GPT-2 layout; ")]
    [TestCase("train recipe.yaml --output cuda --set teacher.load=elsewhere/..", "must be a folder in Hugging Face's GPT-2 layout; ")]
    [TestCase("validate recipe.yaml --set tokenizer.load=nowhere", "tokenizer.load is 'nowhere', but must be a folder with a tokenizer; ")]
    [TestCase("validate recipe.yaml --set telemetry.address=nowhere", "telemetry.address is 'nowhere', but must be an IP address or localhost")]
    [TestCase("validate recipe.yaml --set teacher.training.epsilon=-1", "teacher.training.epsilon is -1, but must be between ")]
    [TestCase("validate recipe.yaml --set teacher.model.width=65536 --set teacher.model.layers=1024", "GiB to train")]
    [TestCase("train .", "'.' is no run folder: nothing was trained in it.")]
    [TestCase("report .", "'.' is no run folder: nothing was trained in it.")]
    [TestCase("data prepare text.txt -o here", "is not empty. Give another, or remove it.")]
    [TestCase("data prepare text.txt -o layout --layout lines", "--layout is 'lines', but must be one of blank-line, line, file.")]
    [TestCase("score here lines-that-are-not-there.jsonl", "lines-that-are-not-there.jsonl")]
    [TestCase("score here - --device cuda", "--device is 'cuda', but must be cpu")]
    public void Command_ThatCannotBeDone_SaysWhatIsMissingBeforeItStarts(string line, string message)
    {
        var result = run.Run(line.Split(' '));
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadInput), result.Output + result.Errors);
        Assert.That(result.Errors, Does.Contain(message).And.Not.Contain("   at ").And.Not.Contain("(Parameter"));
        Assert.That(Directory.Exists(run.PathOf("cuda")), Is.False, "nothing is left that would refuse the corrected recipe");
    }

    [Test]
    public void Address_Localhost_IsServed()
    {
        var result = run.Run("train", "here", "--set", "telemetry.address=localhost", "--set", "telemetry.port=0");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        Assert.That(result.Output + result.Errors, Does.Contain("Metrics and health at http://127.0.0.1:"));
    }

    [Test]
    public void Validate_OnAFullDisk_IsAMessage()
    {
        var result = LhtsProcess.StartProgram("sh", run.Folder, "-c", $"{LhtsProcess.Program} validate here > /dev/full").Wait();
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(result.Errors, Does.Contain("lhts: ").And.Contain("Make room").And.Not.Contain("   at "));
    }

    [TestCase("")]
    [TestCase("help")]
    [TestCase("--help")]
    public void Help_IsPrintedWithCodeZero(string line)
    {
        var result = run.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((ExitCode.Done, "")));
        Assert.That(result.Output, Does.Contain("train <recipe>").And.Contain("--version").And.Not.Contain("recipe-schema"));
    }

    [Test]
    public void Prepare_OfAFolder_SaysWhatItDidNotTake()
    {
        Directory.CreateDirectory(run.PathOf("mixed"));
        foreach (var name in new[] { "a.txt", "b.md", "c" }) File.WriteAllText(run.PathOf("mixed", name), "some text");
        Assert.That(
            run.Run("data", "prepare", "mixed", "-o", "mixed-shards", "--layout", "blank-line").Output,
            Does.Contain("1 documents").And.Contain("2 of 3 files were not taken: 1 without an ending, 1 .md; --include '*' takes those of a name"));
        Assert.That(run.Run("data", "prepare", "mixed", "-o", "all-shards", "--include", "*").Output, Does.Contain("3 documents").And.Not.Contain("not taken"));
    }
}
