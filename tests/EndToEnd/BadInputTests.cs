using Lhts.Trainer;

namespace Lhts.EndToEnd.Tests;

/// <summary>Input that cannot be used ends with code 2 and one message with place, value and remedy; nothing is half-written.</summary>
[NonParallelizable]
public sealed class BadInputTests
{
    private TinyRun run = null!;

    [SetUp]
    public void Make() => run = new TinyRun();

    [TearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void UnknownKey_NamesItsLineAndTheNearestKey() =>
        Expect(TinyRun.Recipe(extra: "techer: {load: x}"), "recipe.yaml:19:1", "techer", "teacher");

    [Test]
    public void WrongType_NamesLineAndValue() => Expect(TinyRun.Recipe(teacherSteps: "many"), "recipe.yaml:12:21", "steps", "'many'", "whole number");

    [Test]
    public void TemperatureOfZero_NamesLineAndBound() => Expect(TinyRun.Recipe(temperatures: "0"), "recipe.yaml:14:3", "student.temperatures is 0", "above 0");

    [Test]
    public void SeveralErrors_ComeAtOnce() =>
        Expect(TinyRun.Recipe(teacherSteps: "0", temperatures: "-1"), "2 errors", "teacher.training.steps is 0", "student.temperatures is -1");

    [Test]
    public void MissingRecipe_IsNamed()
    {
        var result = run.Run("train", "nowhere.yaml");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadInput));
        Assert.That(result.Errors, Does.Contain("nowhere.yaml"));
    }

    [Test]
    public void MissingColumn_NamesThoseThereAre()
    {
        Prepare();
        Expect(TinyRun.Recipe().Replace("contextLength", "textColumn: words\n  contextLength"), "part-00000.parquet", "'words'", "text");
    }

    [Test]
    public void TruncatedParquet_NamesTheFile()
    {
        Prepare();
        var shard = run.PathOf("parquet", "part-00000.parquet");
        using (var file = File.OpenWrite(shard)) file.SetLength(file.Length / 2);
        Expect(TinyRun.Recipe(), "part-00000.parquet");
    }

    [Test]
    public void EmptyText_LeavesNoShards()
    {
        File.WriteAllText(run.PathOf("text.txt"), "\n\n");
        Expect(TinyRun.Recipe(), "text.txt");
        Assert.That(Directory.Exists(run.PathOf("parquet")), Is.False);
    }

    [Test]
    public void CharacterOutsideTheAlphabet_NamesDocumentAndCharacter() =>
        Expect(TinyRun.Recipe(extra: "tokenizer: {alphabet: \"abcdefghijklm \"}"), "part-00000.parquet", "U+00", "alphabet");

    [Test]
    public void UnwritableRunFolder_IsNamed()
    {
        File.WriteAllText(run.PathOf("taken"), "a file");
        Expect(TinyRun.Recipe(output: "taken/run"), "taken/run", "output");
    }

    [Test]
    public void OtherSettings_InAUsedRunFolder_AreListed()
    {
        File.WriteAllText(run.RecipePath, TinyRun.Recipe(teacherSteps: "2", studentSteps: "2"));
        Assert.That(run.Run("train", "recipe.yaml").ExitCode, Is.EqualTo(ExitCode.Done));
        Expect(TinyRun.Recipe(teacherSteps: "2", studentSteps: "2", dropout: "0.2"), "teacher.model.dropout was 0.1, is 0.2", "output");
    }

    [Test]
    public void UnknownCommand_ListsHelp()
    {
        var result = run.Run("trian");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadInput));
        Assert.That(result.Errors, Does.Contain("trian").And.Contain("--help"));
    }

    private void Prepare() => Assert.That(run.Run("data", "prepare", "text.txt", "--output", "parquet").ExitCode, Is.EqualTo(ExitCode.Done));

    private void Expect(string recipe, params string[] parts)
    {
        File.WriteAllText(run.RecipePath, recipe);
        var hadStudent = Directory.Exists(run.PathOf("run", "student"));
        var result = run.Run("train", "recipe.yaml");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadInput), result.Output + result.Errors);
        foreach (var part in parts) Assert.That(result.Errors, Does.Contain(part));
        Assert.That(result.Errors, Does.Not.Contain("   at "), "a message, not a stack trace");
        Assert.That(Directory.EnumerateFileSystemEntries(run.Folder, "*.tmp", SearchOption.AllDirectories), Is.Empty);
        Assert.That(Directory.Exists(run.PathOf("run", "student")), Is.EqualTo(hadStudent));
    }
}
