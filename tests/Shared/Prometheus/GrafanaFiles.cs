using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lhts.Testing;

/// <summary>What lies in deploy/grafana.</summary>
public static partial class GrafanaFiles
{
    public static string Folder { get; } = Repository.PathOf("deploy", "grafana");

    public static string Alerts { get; } = Path.Combine(Folder, "alerts.yaml");

    public static IEnumerable<string> Dashboards => Directory.GetFiles(Path.Combine(Folder, "dashboards"), "*.json").Order(StringComparer.Ordinal);

    /// <summary>The panels of a dashboard that show something.</summary>
    public static IEnumerable<JsonElement> Panels(string dashboard) =>
        JsonElement.Parse(File.ReadAllText(dashboard)).GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row");

    /// <summary>The expressions of a panel.</summary>
    public static IEnumerable<string> Expressions(JsonElement panel) =>
        panel.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("expr").GetString()!);

    /// <summary>An expression as Grafana sends it when all jobs and runs are chosen.</summary>
    public static string Fill(string expression) => expression
        .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
        .Replace("$job", ".*", StringComparison.Ordinal)
        .Replace("$run", ".*", StringComparison.Ordinal);

    /// <summary>The alert rules without the time that a condition must hold: each fires at the first evaluation at which its condition does.</summary>
    public static string AlertsAtOnce() => HoldTime().Replace(File.ReadAllText(Alerts), "");

    /// <summary>The names of metrics in a text.</summary>
    public static IEnumerable<string> MetricNames(string text) => MetricName().Matches(text).Select(match => match.Value).Distinct();

    [GeneratedRegex(@"\b(?:lhts|dotnet)_[a-z0-9_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"(?m)^ +for: .*\n")]
    private static partial Regex HoldTime();
}
