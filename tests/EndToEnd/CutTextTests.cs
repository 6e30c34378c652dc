using Lhts.Trainer;

namespace Lhts.EndToEnd.Tests;

/// <summary>Nobody trains on the beginnings of documents unawares.</summary>
[NonParallelizable]
public sealed class CutTextTests
{
    private TinyRun run = null!;

    [SetUp]
    public void Make() => run = new TinyRun();

    [TearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void TextThatIsCutOff_IsSaidBeforeTrainingAndByValidate()
    {
        Write("longDocuments: cut");
        var trained = Run("train");
        Assert.That(trained, Does.Match(@"data: [0-9]+ % of the tokens are cut off; data\.longDocuments: split uses them"));
        Assert.That(trained, Does.Match(@"data: 120 documents of [0-9,]+ tokens; an epoch is 120 sequences of up to 32"));
        Assert.That(trained, Does.Contain("teacher: 3 steps of 8 sequences are 0.2 epochs").And.Contain("student: 2 steps of 8 sequences are 0.13 epochs"));
        Assert.That(Run("validate"), Does.Match(@"# data: [0-9]+ % of the tokens are cut off; data\.longDocuments: split uses them"));
    }

    [Test]
    public void LongDocuments_NotMentioned_AreSplit()
    {
        Write("");
        Assert.That(Run("train"), Does.Not.Contain("cut off").And.Contain("documents of "));
        Assert.That(File.ReadAllText(run.PathOf("run", "teacher", "settings.yaml")), Does.Contain("longDocuments: split"));
    }

    private void Write(string longDocuments) => File.WriteAllText(
        run.RecipePath,
        TinyRun.Recipe(teacherSteps: "3", studentSteps: "2", temperatures: "0.7").Replace("longDocuments: split", longDocuments, StringComparison.Ordinal));

    private string Run(string command)
    {
        var result = run.Run(command, "recipe.yaml");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        return result.Output;
    }
}
