using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Lhts.Telemetry.Tests.Report;

public partial class RunReportTests
{
    private string _folder = null!;

    [OneTimeSetUp]
    public void WriteRuns()
    {
        _folder = Directory.CreateTempSubdirectory("lhts-report-").FullName;
        SampleRun.Write(_folder, "first");
        SampleRun.Write(_folder, "second <b>", seed: 2);
    }

    [OneTimeTearDown]
    public void DeleteRuns() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Render_Page_AsksNothingOfTheNetwork()
    {
        var page = RunReport.Render([Run("first")]);

        var targets = Target().Matches(page).Select(match => match.Groups[1].Value);
        Assert.That(targets, Is.EqualTo(new[] { "data:," }), "the empty icon, which keeps the browser from asking for one");
        Assert.That(page, Does.Not.Contain("@import").And.Not.Contain("url(").And.Not.Contain("fetch(").And.Not.Contain("XMLHttpRequest"));
        Assert.That(page, Does.Not.Contain("{{"), "nothing is left to fill in");
        Assert.That(page, Does.Contain("var uPlot="));
    }

    [Test]
    public void Render_TextWithMarkup_CannotEndItsScript()
    {
        var page = RunReport.Render([Run("second <b>")]);

        Assert.That(page, Does.Not.Contain("<script>document.title"));
        Assert.That(page, Does.Contain("<h1>Run second &lt;b&gt;</h1>"));
        Assert.That(Regex.Count(page, "</script"), Is.EqualTo(Regex.Count(page, "<script")));
        var run = Data(page)[0];
        Assert.That(run.GetProperty("recipe").GetString(), Is.EqualTo($"name: second <b>\n# {SampleRun.Hostile}\n"));
        Assert.That(run.GetProperty("samples")[0].GetProperty("text").GetString(), Is.EqualTo($"And the king said\n{SampleRun.Hostile}"));
        Assert.That(run.GetProperty("samples")[1].GetProperty("text").GetString(), Is.EqualTo("In the beginning\n\nwas the word"));
    }

    [Test]
    public void Render_ChangedSettings_AreToldWithTheirSteps()
    {
        var changes = Data(RunReport.Render([Run("first")]))[0].GetProperty("changes");
        Assert.That(changes.GetRawText(), Is.EqualTo("""[{"stage":"student","step":300,"key":"student.training.steps","was":"300","is":"600"}]"""));
    }

    [Test]
    public void Render_Curves_AreThinnedOutAndSummedUp()
    {
        var stages = Data(RunReport.Render([Run("first")]))[0].GetProperty("stages");
        var (teacher, student) = (stages.GetProperty("teacher"), stages.GetProperty("student"));

        var steps = teacher.GetProperty("curves").GetProperty("step").EnumerateArray().Select(step => step.GetInt32()).ToArray();
        Assert.That(steps, Has.Length.EqualTo(667).And.Ordered);
        Assert.That((steps[0], steps[1], steps[^1]), Is.EqualTo((3, 6, SampleRun.TeacherSteps)));
        var loss = teacher.GetProperty("curves").GetProperty("loss").EnumerateArray().Select(value => value.GetDouble()).ToArray();
        Assert.That(loss[0], Is.EqualTo(3.5).Within(0.1), "the mean of the two of three losses that are finite");
        Assert.That(teacher.GetProperty("curves").GetProperty("klDivergence")[0].ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(student.GetProperty("curves").GetProperty("step").GetArrayLength(), Is.EqualTo(SampleRun.StudentSteps));
        Assert.That(student.GetProperty("curves").GetProperty("weights.maxLogWeight")[0].GetDouble(), Is.EqualTo(3));

        var totals = teacher.GetProperty("totals");
        Assert.That(totals.GetProperty("steps").GetInt32(), Is.EqualTo(SampleRun.TeacherSteps));
        Assert.That(totals.GetProperty("nonFiniteLosses").GetInt32(), Is.EqualTo(1));
        Assert.That(totals.GetProperty("realTokens").GetInt64(), Is.EqualTo(4000L * SampleRun.TeacherSteps));
        Assert.That(totals.GetProperty("phaseSeconds").GetProperty("backward").GetDouble(), Is.EqualTo(100));
    }

    [Test]
    public void Render_FigureThatSaysHowItIsDrawn_HasItsCurve()
    {
        var declared = new FigureDeclaration("lhts.flow.residual", "{nat}", "A stranger's.", "flow.residual")
        {
            Curve = new("Residual", "It should fall.", "mean") { Range = [0, 5] },
        };
        var figures = new RecordedFigures([declared], [], []) { [0] = 1.5 };
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "stranger")).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "distilled"));
        File.WriteAllBytes(Path.Combine(folder, "distilled", FiguresFile.FileName), FiguresFile.Write([declared]));
        using (var file = MetricsFile.Create(Path.Combine(folder, MetricsFile.FileName)))
        {
            for (var step = 1; step <= 3; step++) file.Append(new StepFigures { Stage = "distilled", Step = step, Figures = figures });
        }

        var stage = Data(RunReport.Render([folder]))[0].GetProperty("stages").GetProperty("distilled");
        Assert.That(Numbers(stage.GetProperty("curves"), "flow.residual"), Is.EqualTo(new[] { 1.5, 1.5, 1.5 }));
        Assert.That(stage.GetProperty("figures").GetRawText(), Is.EqualTo(
            """[{"key":"flow.residual","plot":"Residual","sentence":"It should fall.","legend":"mean","range":[0,5]}]"""));
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public void Render_EvaluationsDuringTheTraining_AreCurves()
    {
        var evaluations = Data(RunReport.Render([Run("first")]))[0].GetProperty("evaluations");

        Assert.That(evaluations.GetArrayLength(), Is.EqualTo(Enum.GetValues<SampledModel>().Length));
        var student = evaluations.EnumerateArray().Single(curve => curve.GetProperty("model").GetString() == "student");
        Assert.That(student.GetProperty("temperature").GetDouble(), Is.EqualTo(0.5));
        Assert.That(Numbers(student, "step"), Is.EqualTo(new double[] { 100, 200, 300, 400, 500, 600 }));
        Assert.That(Numbers(student, "logLikelihood")[^1], Is.EqualTo(-1.4).Within(1e-5));
        Assert.That(Numbers(student, "distinct2")[0], Is.EqualTo(0.575).Within(1e-5));
    }

    private static double[] Numbers(JsonElement json, string key) => [.. json.GetProperty(key).EnumerateArray().Select(value => value.GetDouble())];

    [Test]
    public void Render_FolderWithoutARun_SaysSo()
    {
        var empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        Assert.That(() => RunReport.Render([empty]), Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo(
            $"The folder '{empty}' holds no run: none of recipe.yaml, metrics.jsonl, evaluation/table.json is there. "
            + "Give the folder that 'lhts train' wrote."));
    }

    [Test]
    public void Render_ARunThatHasJustBegun_IsAPage()
    {
        var begun = Directory.CreateDirectory(Path.Combine(_folder, "begun")).FullName;
        File.WriteAllText(Path.Combine(begun, "recipe.yaml"), "name: begun\n");
        Assert.That(Data(RunReport.Render([begun]))[0].GetProperty("name").GetString(), Is.EqualTo("begun"));
    }

    [Test]
    public void Render_Verdict_SaysByHowMuchTheStudentIsNearer()
    {
        var page = WebUtility.HtmlDecode(RunReport.Render([Run("first")]));

        Assert.That(page,
            Does.Contain(
            "<li>At T 0.7 the student is 5.3 ± 0.1 nats a sequence nearer to p_T than the best myopic temperature 0.65; its effective temperature is 0.71 ± "
            + "0.01.</li>"));
        Assert.That(page, Does.Contain("At T 1 the student cannot be told from the best myopic temperature 0.95 (+0.0 ± 0.1 nats a sequence)"));
        Assert.That(page, Does.Contain("T 0.7: +5.3 ± 0.1</text>"), "the gain stands beside its point");
    }

    [Test]
    public void Render_RunsWithDifferentTeachers_SaysSo()
    {
        const string Note = "These runs have different teachers";
        Assert.That(RunReport.Render([Run("first"), Run("second <b>")]), Does.Contain(Note));
        Assert.That(RunReport.Render([Run("first"), Run("first")]), Does.Not.Contain(Note));
    }

    [Test]
    public void Write_ARunThatWasEvaluated_HasThePlotByItself()
    {
        var folder = SampleRun.Write(_folder, "drawn");
        RunReport.Write([folder], Path.Combine(folder, RunReport.FileName));

        var picture = XDocument.Load(Path.Combine(folder, RunReport.PlotFileName));
        Assert.That(picture.Root!.Name.LocalName, Is.EqualTo("svg"));
        Assert.That(picture.Root.Value, Does.Contain("p_T, T 0.7").And.Contain("student, gain in nats a sequence"));
    }

    [Test]
    public void Render_BrokenFiles_LeavesThemOut()
    {
        var folder = SampleRun.Write(_folder, "broken");
        File.WriteAllText(Path.Combine(folder, "evaluation", "table.json"), "{");
        File.AppendAllText(Path.Combine(folder, MetricsFile.FileName), "{\"stage\":\"stud");

        var run = Data(RunReport.Render([folder]))[0];

        Assert.That(run.TryGetProperty("table", out _), Is.False);
        Assert.That(run.GetProperty("stages").GetProperty("student").GetProperty("totals").GetProperty("steps").GetInt32(), Is.EqualTo(SampleRun.StudentSteps));
    }

    [Test]
    public void Write_SeveralRuns_ReplacesThePageWhole()
    {
        var path = Path.Combine(_folder, RunReport.FileName);
        File.WriteAllText(path, "old");
        RunReport.Write([Run("first"), Run("second <b>")], path);

        Assert.That(File.ReadAllText(path), Does.StartWith("<!doctype html>").And.Contain("<title>Comparison of runs</title>"));
        Assert.That(Directory.GetFiles(_folder), Is.EqualTo(new[] { path }));
    }

    [Test]
    public void Render_NoFolder_SaysSo() => Assert.That(
        () => RunReport.Render([Run("none")]),
        Throws.InstanceOf<DirectoryNotFoundException>().With.Message.EqualTo($"The run folder '{Run("none")}' is not there."));

    private string Run(string name) => Path.Combine(_folder, name);

    private static JsonElement Data(string page)
    {
        const string start = "<script type=\"application/json\" id=\"data\">";
        var from = page.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return JsonElement.Parse(page[from..page.IndexOf("</script>", from, StringComparison.Ordinal)]).GetProperty("runs");
    }

    [GeneratedRegex("""(?:src|href)\s*=\s*"([^"]*)"|(?:src|href)\s*=\s*'([^']*)'""")]
    private static partial Regex Target();
}
