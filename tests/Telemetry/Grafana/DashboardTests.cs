using System.Text.Json;
using System.Text.RegularExpressions;
using Lhts.Testing;

namespace Lhts.Telemetry.Tests.Grafana;

/// <summary>Dashboards and alert rules against the metrics that there are.</summary>
public partial class DashboardTests
{
    private static IEnumerable<string> Dashboards => GrafanaFiles.Dashboards.Select(Path.GetFileName)!;

    [Test]
    public void Metrics_OfTheTrainer_AreAllShownSomewhere()
    {
        var used = GrafanaFiles.MetricNames(string.Concat(Texts())).Select(BaseName).ToHashSet();
        Assert.That(Documented().Where(name => !used.Contains(name)), Is.Empty, "metrics that no dashboard or alert rule uses");
    }

    [Test]
    public void Expressions_InDashboardsAndRules_NameMetricsThatExist()
    {
        var known = Documented().ToHashSet();
        Assert.That(GrafanaFiles.MetricNames(string.Concat(Texts())).Where(name => !known.Contains(BaseName(name))), Is.Empty);
    }

    [TestCaseSource(nameof(Dashboards))]
    public void Dashboard_ItsPanels_AreDescribedAndDoNotOverlap(string file)
    {
        var board = JsonElement.Parse(File.ReadAllText(Path.Combine(GrafanaFiles.Folder, "dashboards", file)));
        var cells = new HashSet<(int, int)>();
        foreach (var panel in board.GetProperty("panels").EnumerateArray())
        {
            var place = panel.GetProperty("gridPos");
            var (x, y, w, h) = (Whole(place, "x"), Whole(place, "y"), Whole(place, "w"), Whole(place, "h"));
            var title = panel.GetProperty("title").GetString();
            var free = Enumerable.Range(x, w).SelectMany(column => Enumerable.Range(y, h).Select(row => (column, row))).All(cells.Add);
            Assert.That(free && x + w <= 24, Is.True, $"'{title}' lies on another panel");
        }

        var descriptions = GrafanaFiles.Panels(Path.Combine(GrafanaFiles.Folder, "dashboards", file))
            .Select(panel => panel.GetProperty("description").GetString());
        Assert.That(descriptions, Has.None.Empty);
        Assert.That(board.GetProperty("panels").EnumerateArray().Select(panel => Whole(panel, "id")), Is.Unique);
    }

    [TestCaseSource(nameof(Dashboards))]
    public void Dashboard_HasVariablesAndLinksToTheOthers(string file)
    {
        var board = JsonElement.Parse(File.ReadAllText(Path.Combine(GrafanaFiles.Folder, "dashboards", file)));
        var variables = board.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => variable.GetProperty("name").GetString());
        var links = board.GetProperty("links").EnumerateArray().Select(link => link.GetProperty("url").GetString()!.Split('?')[0]);
        var others = GrafanaFiles.Dashboards.Select(path => "/d/" + Uid(path)).Where(link => link != "/d/" + board.GetProperty("uid").GetString());

        Assert.That(variables, Is.EqualTo(new[] { "datasource", "job", "run" }));
        Assert.That(links, Is.EquivalentTo(others));
    }

    [Test]
    public void Alerts_RulesAndTheirCases_PassPromtool()
    {
        foreach (var arguments in (string[][])
        [
            ["check", "rules", GrafanaFiles.Alerts],
            ["check", "config", Path.Combine(GrafanaFiles.Folder, "prometheus.yaml")],
            ["test", "rules", Path.Combine(GrafanaFiles.Folder, "alerts.test.yaml")],
        ])
        {
            var (exitCode, output) = Promtool.Run("", arguments);
            Assert.That(exitCode, Is.Zero, output);
        }
    }

    [Test]
    public void Alerts_EachRule_HasACase()
    {
        var rules = AlertName().Matches(File.ReadAllText(GrafanaFiles.Alerts)).Select(match => match.Groups[1].Value).ToArray();
        var cases = File.ReadAllText(Path.Combine(GrafanaFiles.Folder, "alerts.test.yaml"));

        Assert.That(rules, Is.Not.Empty);
        foreach (var rule in rules) Assert.That(cases, Does.Contain($"alertname: {rule}\n        exp_alerts:"), $"{rule} never fires in a test");
    }

    private static IEnumerable<string> Texts() => GrafanaFiles.Dashboards.Append(GrafanaFiles.Alerts).Select(File.ReadAllText);

    /// <summary>The metrics that docs/telemetry.md lists, which another test compares with the code.</summary>
    private static IEnumerable<string> Documented() =>
        DocumentedName().Matches(File.ReadAllText(Repository.PathOf("docs", "telemetry.md"))).Select(match => BaseName(match.Groups[1].Value));

    private static string BaseName(string name) => Suffix().Replace(name, "");

    private static int Whole(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static string Uid(string dashboard) => JsonElement.Parse(File.ReadAllText(dashboard)).GetProperty("uid").GetString()!;

    [GeneratedRegex("_(?:total|bucket|sum|count)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"\| `((?:lhts|dotnet)_[a-z0-9_]+)` \|")]
    private static partial Regex DocumentedName();

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();
}
