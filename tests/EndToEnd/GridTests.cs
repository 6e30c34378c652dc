using Lhts.Evaluation.Grid;
using Lhts.Models.Gpt;
using Lhts.Trainer;

namespace Lhts.EndToEnd.Tests;

/// <summary>The grid of temperatures of a tiny run.</summary>
[NonParallelizable]
public sealed class GridTests
{
    private static readonly string[] Small = ["-T", "0.5", "1", "-m", "0.5", "1", "--samples", "6", "--max-tokens", "20"];

    private TinyRun run = null!;

    [OneTimeSetUp]
    public void Train()
    {
        run = new TinyRun();
        File.WriteAllText(run.RecipePath, TinyRun.Recipe(teacherSteps: "10", studentSteps: "5"));
        Assert.That(run.Run("train", "recipe.yaml").ExitCode, Is.EqualTo(ExitCode.Done));
    }

    [OneTimeTearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void Grid_OfTwoByTwo_IsPrintedAndKept()
    {
        var printed = Grid("recipe.yaml");
        var grid = TemperatureGrid.FromJson(File.ReadAllText(run.PathOf("run", "grid", "grid.json")));
        Assert.That(grid.Student, Has.Count.EqualTo(4));
        Assert.That(grid.Teacher, Has.Count.EqualTo(2));
        Assert.That(grid.Student.Concat(grid.Teacher).Select(point => point.LogLikelihood.Value), Has.All.LessThan(0));
        Assert.That(printed, Is.EqualTo(grid.ToText()));
        Assert.That(File.ReadAllText(run.PathOf("run", "grid", "grid.txt")), Is.EqualTo(printed));
    }

    [Test]
    public void Grid_AfterAStop_GoesOnWithTheCellsThatAreMissing()
    {
        var whole = Grid("run");
        var cells = Directory.GetFiles(run.PathOf("run", "grid", "cells")).Order(StringComparer.Ordinal).ToArray();
        Assert.That(cells, Has.Length.EqualTo(6));
        File.Delete(cells[^1]);
        var kept = File.GetLastWriteTimeUtc(cells[0]);
        Assert.That(Grid("run"), Is.EqualTo(whole));
        Assert.That(File.Exists(cells[^1]), Is.True);
        Assert.That(File.GetLastWriteTimeUtc(cells[0]), Is.EqualTo(kept), "measured once");
    }

    [TestCase("the file cannot be read", "nowhere")]
    [TestCase("'parquet' is no run folder", "parquet")]
    [TestCase("myopic temperature is -1", "run", "-m", "-1")]
    [TestCase("--device is 'toaster'", "run", "--device", "toaster")]
    public void Grid_OfBadArguments_SaysWhatIsWrong(string expected, params string[] arguments)
    {
        var result = run.Run(["evaluate", "grid", .. arguments]);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadInput), result.Errors);
        Assert.That(result.Errors, Does.Contain(expected).And.Not.Contain("   at "));
    }

    [Test]
    public void Grid_OfAStudentOfOneTemperature_IsRefused()
    {
        var single = run.PathOf("single");
        Copy(run.PathOf("run"), single);
        var student = Path.Combine(single, "student", "model");
        using (var model = Gpt2Checkpoint.Load(student))
        {
            using var plain = Gpt2Student.AtTemperature(model, 0.5);
            Gpt2Checkpoint.Save(plain, student);
        }

        var result = run.Run(["evaluate", "grid", "single", .. Small]);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadInput), result.Errors);
        Assert.That(result.Errors, Does.Contain("has one temperature").And.Contain("student.temperatures"));
    }

    private string Grid(string of)
    {
        var result = run.Run(["evaluate", "grid", of, .. Small]);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        return result.Output.ReplaceLineEndings("\n");
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
