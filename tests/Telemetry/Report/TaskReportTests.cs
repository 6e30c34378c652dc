namespace Lhts.Telemetry.Tests.Report;

public sealed class TaskReportTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("lhts-report-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Render_RunWithATask_PlotsAccuracyAgainstCost()
    {
        Write(
            """
            {"task": "t", "checker": "exact", "rows": [
              {"method": {"kind": "greedy", "temperature": 0, "numDraws": 1}, "tokensPerAnswer": 20, "accuracy": {"value": 0.36}, "standardError": 0.03},
              {"method": {"kind": "student", "temperature": 0.5, "numDraws": 1}, "tokensPerAnswer": 20, "accuracy": {"value": 0.77}, "standardError": 0.01},
              {"method": {"kind": "majority", "temperature": 1, "numDraws": 32}, "tokensPerAnswer": 200, "accuracy": {"value": 0.99}, "standardError": 0.01},
              {"method": {"kind": "myopic"}, "tokensPerAnswer": 0, "accuracy": 3}, 7]}
            """);
        var page = RunReport.Render([_folder]);
        Assert.That(page, Does.Contain("Accuracy against cost").And.Contain("student, one draw").And.Contain(">T 0.5<").And.Contain(">majority of 32<"));
        Assert.That(page, Does.Not.Contain("power SMC</text>"), "a method without rows has no line in the legend");

        RunReport.Write([_folder], Path.Combine(_folder, RunReport.FileName));
        var picture = System.Xml.Linq.XDocument.Load(Path.Combine(_folder, RunReport.TaskPlotFileName));
        Assert.That(picture.ToString(), Does.Contain("student, one draw"));
        Assert.That(File.Exists(Path.Combine(_folder, RunReport.PlotFileName)), Is.False, "there is no table");
    }

    [TestCase("not json")]
    [TestCase("{}")]
    [TestCase("""{"rows": [{"method": 1}]}""")]
    public void Render_RunWithADamagedTask_LeavesItOut(string json)
    {
        Write(json);
        Assert.That(RunReport.Render([_folder]), Does.Not.Contain("Accuracy against cost"));
    }

    private void Write(string json)
    {
        File.WriteAllText(Path.Combine(_folder, "recipe.yaml"), "name: x\n");
        Directory.CreateDirectory(Path.Combine(_folder, "evaluation"));
        File.WriteAllText(Path.Combine(_folder, "evaluation", "task.json"), json);
    }
}
