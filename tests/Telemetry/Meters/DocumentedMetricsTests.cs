using System.Diagnostics.Metrics;
using Lhts.Telemetry.Hosting;
using Lhts.Telemetry.Prometheus;
using Lhts.Testing;

namespace Lhts.Telemetry.Tests.Meters;

/// <summary>
/// docs/telemetry.md against the code. To renew its tables after an intended change, set the environment variable UPDATE_GOLDEN to 1 and
/// run
/// these tests.
/// </summary>
[NonParallelizable]
public class DocumentedMetricsTests
{
    private static readonly string[] TemperatureValues =
        [$"`{TemperatureLabels.All}`", $"`{TemperatureLabels.Other}`", $"at most {TemperatureLabels.MaxValues} temperatures, with two decimals"];

    private static readonly string Page = Repository.PathOf("docs", "telemetry.md");

    [Test]
    public void Page_TableOfMetrics_EqualsTheInstruments() => AssertTable("metrics", Instruments());

    [Test]
    public void Page_TableOfLabels_EqualsTheValuesThatAreRecorded() => AssertTable("labels", LabelValues());

    [Test]
    public void Page_TableOfRuntimeMetrics_EqualsWhatIsKept() => AssertTable("runtime", RuntimeInstruments());

    [Test]
    public void Page_TableOfOptions_EqualsTheDefaults() => AssertTable("options", Options());

    private static IEnumerable<string> Options()
    {
        yield return "| Option | Default |";
        yield return "|---|---|";
        foreach (var (prefix, options) in ((string, object)[])[("", new TelemetryOptions()), ("Health.", new HealthOptions())])
        {
            foreach (var property in options.GetType().GetProperties().Where(property => property.PropertyType != typeof(HealthOptions)))
            {
                yield return $"| `{prefix}{property.Name}` | {Default(property.GetValue(options))} |";
            }
        }
    }

    private static string Default(object? value) => value switch
    {
        null => "none",
        "" => "empty",
        TimeSpan time => $"{time.TotalSeconds} s",
        _ => $"`{value}`",
    };

    private static IEnumerable<string> Instruments()
    {
        yield return "| Instrument | In Prometheus | Type | Unit | Labels | Meaning |";
        yield return "|---|---|---|---|---|---|";
        var labels = Recorded();
        foreach (var instrument in labels.Keys.OrderBy(instrument => instrument.Name, StringComparer.Ordinal))
        {
            var keys = string.Join(", ", labels[instrument].Select(label => $"`{label.Key}`").Distinct().Order(StringComparer.Ordinal));
            yield return $"| `{instrument.Name}` | `{PrometheusName(instrument)}` | {Type(instrument)} | "
                + $"{(instrument.Unit is { } unit ? $"`{unit}`" : "")} | {keys} | {instrument.Description} |";
        }
    }

    private static IEnumerable<string> LabelValues()
    {
        yield return "| Label | Values |";
        yield return "|---|---|";
        var recorded = Recorded().Values.SelectMany(labels => labels).GroupBy(label => label.Key, label => label.Value);
        foreach (var label in recorded.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            // A run is in one state at a time.
            var others = label.Key == Labels.State ? Enum.GetNames<RunState>().Select(name => name.ToLowerInvariant()) : [];
            var values = label.Key == Labels.Temperature ? TemperatureValues : label.Concat(others).Select(value => $"`{value}`").Distinct();
            yield return $"| `{label.Key}` | {string.Join(", ", values.Order(StringComparer.Ordinal))} |";
        }
    }

    private static IEnumerable<string> RuntimeInstruments()
    {
        yield return "| Instrument | In Prometheus | Type | Unit |";
        yield return "|---|---|---|---|";
        foreach (var instrument in KeptOfRuntime().OrderBy(instrument => instrument.Name, StringComparer.Ordinal))
        {
            yield return $"| `{instrument.Name}` | `{PrometheusName(instrument)}` | {Type(instrument)} | `{instrument.Unit}` |";
        }
    }

    private static List<Instrument> KeptOfRuntime()
    {
        var kept = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            var isKept = instrument.Meter.Name == "System.Runtime" && MetricsProvider.RuntimeInstruments.Contains(instrument.Name);
            if (isKept) kept.Add(instrument);
        };
        listener.Start();
        Assert.That(kept, Has.Count.EqualTo(MetricsProvider.RuntimeInstruments.Count), "all that are kept exist");
        return kept;
    }

    /// <summary>Every instrument with the labels that it gets when everything is recorded.</summary>
    private static Dictionary<Instrument, List<KeyValuePair<string, string>>> Recorded()
    {
        var labels = new Dictionary<Instrument, List<KeyValuePair<string, string>>>();
        using var meter = new TrainingMeter(new ManualTime());
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, meter)) return;
            labels[instrument] = [];
            self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Keep(labels[instrument], tags));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Keep(labels[instrument], tags));
        listener.Start();
        Sample.RecordAll(meter);
        listener.RecordObservableInstruments();
        return labels;
    }

    private static void Keep(List<KeyValuePair<string, string>> labels, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (key, value) in tags) labels.Add(new(key, value!.ToString()!));
    }

    private static string PrometheusName(Instrument instrument)
    {
        var type = Type(instrument);
        var name = PrometheusNames.Family(instrument.Name, PrometheusUnits.Word(instrument.Unit, type == "gauge"), type == "counter");
        return type == "counter" ? name + "_total" : name;
    }

    private static string Type(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        if (type.Contains("UpDownCounter", StringComparison.Ordinal)) return "gauge";
        if (type.Contains("Counter", StringComparison.Ordinal)) return "counter";
        return type.Contains("Histogram", StringComparison.Ordinal) ? "histogram" : "gauge";
    }

    /// <summary>Compares the lines between two marks of the page with a table.</summary>
    private static void AssertTable(string name, IEnumerable<string> table)
    {
        var (begin, end) = ($"<!-- table: {name} -->\n", "<!-- end -->\n");
        var page = File.ReadAllText(Page);
        var from = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        Assert.That(from, Is.GreaterThanOrEqualTo(begin.Length), $"{Page} has no table '{name}'");
        var to = page.IndexOf(end, from, StringComparison.Ordinal);
        var expected = string.Join("\n", table) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(Page, page[..from] + expected + page[to..]);
        else Assert.That(page[from..to], Is.EqualTo(expected));
    }
}
