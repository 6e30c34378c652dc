using System.Text.RegularExpressions;
using Lhts.Testing;
using Lhts.Trainer;

namespace Lhts.EndToEnd.Tests;

/// <summary>A real Prometheus scrapes a real run, and every expression of every dashboard and alert rule is sent to it.</summary>
[NonParallelizable]
public sealed partial class DashboardTests
{
    /// <summary>Little to Prometheus, and the same at every length of a run.</summary>
    private const int MostSeries = 1000;

    private const int StepsBeforeCounting = 100;

    /// <summary>A series that a run on documents does not have; StudentSettingsTests looks for it in one on own samples.</summary>
    private const string OfOwnSamples = "lhts_draw_rate_per_second";

    /// <summary>A rule whose condition holds: that it fires shows that the others could.</summary>
    private const string Canary = "StepsAreMade";

    /// <summary>What Prometheus, OpenTelemetry and .NET add to the labels that docs/telemetry.md lists.</summary>
    private static readonly string[] OtherLabels =
    [
        "__name__", "alertname", "alertstate", "cpu_mode", "gc_heap_generation", "instance", "job", "le", "run", "rank", "service_instance_id", "service_name",
        "service_version",
    ];

    private TinyRun run = null!;
    private LhtsProcess process = null!;
    private PrometheusServer prometheus = null!;

    private static IEnumerable<TestCaseData> Expressions =>
        from file in GrafanaFiles.Dashboards
        from panel in GrafanaFiles.Panels(file)
        from expression in GrafanaFiles.Expressions(panel)
        where !expression.StartsWith(OfOwnSamples, StringComparison.Ordinal)
        select new TestCaseData(Path.GetFileNameWithoutExtension(file), panel.GetProperty("title").GetString(), expression);

    [OneTimeSetUp]
    public async Task ScrapeARun()
    {
        run = new TinyRun();
        File.WriteAllText(run.RecipePath, TinyRun.Recipe(teacherSteps: "10", studentSteps: "1000000", port: "0", every: "5"));
        process = run.Start("train", "recipe.yaml");
        process.WaitUntil(() => Address().IsMatch(process.Errors));
        var rules = Path.Combine(run.Folder, "alerts.yaml");
        File.WriteAllText(
            rules, $"{GrafanaFiles.AlertsAtOnce()}      - alert: {Canary}\n        expr: max by (job, run) (lhts_step) > {StepsBeforeCounting}\n");
        prometheus = PrometheusServer.Start(new Uri(Address().Match(process.Errors).Groups[1].Value), rules);
        await prometheus.Until($"lhts_step{{stage=\"student\"}} > {StepsBeforeCounting} and on () count_over_time(lhts_evaluation_step[1m]) >= 4");
    }

    [OneTimeTearDown]
    public async Task StopTheRun()
    {
        if (prometheus is not null) await prometheus.DisposeAsync();
        process.Terminate();
        var ended = process.Wait();
        run.Dispose();
        Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.Stopped), ended.Errors);
    }

    [TestCaseSource(nameof(Expressions))]
    public async Task Panel_DuringARun_ShowsData(string dashboard, string panel, string expression) =>
        Assert.That(await prometheus.Query(GrafanaFiles.Fill(expression)), Is.Not.Empty, $"'{panel}' of {dashboard} is empty");

    /// <summary>Without the time that a condition must hold, which is longer than the run: no condition holds at any moment after the first steps.</summary>
    [Test]
    public async Task Alerts_DuringAHealthyRun_AreEvaluatedAndQuiet()
    {
        await prometheus.Until($"count_over_time(ALERTS{{alertname=\"{Canary}\", alertstate=\"firing\"}}[1m]) >= 5");
        var groups = (await prometheus.Get("rules")).GetProperty("groups").EnumerateArray();
        var rules = groups.SelectMany(group => group.GetProperty("rules").EnumerateArray()).ToArray();
        Assert.That(rules, Has.Length.GreaterThan(1));
        foreach (var rule in rules)
        {
            var name = rule.GetProperty("name").GetString();
            Assert.That(rule.GetProperty("health").GetString(), Is.EqualTo("ok"), name);
            Assert.That(rule.GetProperty("state").GetString(), Is.EqualTo(name == Canary ? "firing" : "inactive"), name);
        }
    }

    [Test]
    public async Task Alerts_OfEveryRule_ReadMetricsThatTheRunHas()
    {
        const string OfEndedRuns = "lhts_run_ended_timestamp_seconds";
        foreach (var name in GrafanaFiles.MetricNames(File.ReadAllText(GrafanaFiles.Alerts)).Where(name => name != OfEndedRuns))
        {
            Assert.That(await prometheus.Query($"{name}{{run=\"tiny\"}}"), Is.Not.Empty, name);
        }
    }

    [Test]
    public async Task Series_WhileTheRunGoesOn_StayTheSameInNumber()
    {
        var before = await CountAt(StepsBeforeCounting);
        var after = await CountAt(StepsBeforeCounting + 50);
        Assert.That(after, Is.EqualTo(before).And.LessThan(MostSeries));
    }

    [Test]
    public async Task Labels_OfTheRun_HaveOnlyTheValuesThatAreDocumented()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "telemetry.md"));
        var documented = DocumentedLabel().Matches(page.Split("<!-- table: labels -->")[1].Split("<!-- end -->")[0])
            .ToDictionary(row => row.Groups[1].Value, row => LabelValue().Matches(row.Groups[2].Value).Select(value => value.Groups[1].Value).ToArray());
        var names = (await prometheus.Get("labels")).EnumerateArray().Select(name => name.GetString()!);
        Assert.That(names, Is.SubsetOf(documented.Keys.Concat(OtherLabels)));
        foreach (var (name, allowed) in documented)
        {
            var values = (await prometheus.Get($"label/{name}/values")).EnumerateArray().Select(value => value.GetString()!).ToArray();
            Assert.That(values, Is.Not.Empty, name);
            if (name == "temperature") values = [.. values.Where(value => !Temperature().IsMatch(value))];
            Assert.That(values, Is.SubsetOf(allowed), name);
        }
    }

    private async Task<int> CountAt(int step)
    {
        await prometheus.Until($"lhts_step{{stage=\"student\"}} > {step}");
        var count = (await prometheus.Query("count({run=\"tiny\"})")).Single().GetProperty("value")[1].GetString()!;
        return int.Parse(count, System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(http://127\.0\.0\.1:\d+)/metrics")]
    private static partial Regex Address();

    [GeneratedRegex(@"(?m)^\| `(\w+)` \| (`.*) \|$")]
    private static partial Regex DocumentedLabel();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex LabelValue();

    [GeneratedRegex(@"^\d+(\.\d\d?)?$")]
    private static partial Regex Temperature();
}
