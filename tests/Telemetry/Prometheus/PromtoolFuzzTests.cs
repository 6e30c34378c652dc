using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Lhts.Telemetry.Prometheus;
using Lhts.Testing;

namespace Lhts.Telemetry.Tests.Prometheus;

/// <summary>Whatever instruments, labels and values there are, the text is one that Prometheus reads.</summary>
[NonParallelizable]
public partial class PromtoolFuzzTests
{
    private const int Batches = 10;
    private const int InstrumentsInABatch = 60;

    /// <summary>promtool's exit code when a scrape can be read but breaks a rule of style, as random names do.</summary>
    private const int OnlyStyle = 3;

    private static readonly string[] Words =
        ["a", "A", "lhts", "total", "count", "sum", "bucket", "info", "seconds", "target", "le", "1", "-", ".", "_", "/", ".."];

    private static readonly string[] Units =
        ["s", "1", "By", "{token}", "{token}/s", "By/s", "", "%", "m²", "a b", "\"", "\n", "/", "//", "}{", "{", "1/s", "µs"];

    private static readonly string[] Texts =
        ["", " ", "a", "\"", "\\", "\n", "\r\n", "\\n", "{}", "le", "__name__", "é", "😀", "\uD800", "\0", "\u2028", "#", "=", ",", "0", "a.b", "a_b", "run"];

    private static readonly double[] Values =
        [0, -0.0, 1, -1, 0.1, 1e-300, double.Epsilon, 1e308, double.NaN, double.PositiveInfinity, double.NegativeInfinity, long.MaxValue];

    [Test]
    public void Write_RandomInstruments_IsReadByPromtool([Range(1, Batches)] int seed)
    {
        var random = new Random(seed);
        using var scrape = new Scrape(["fuzz.0", "fuzz.1"], new KeyValuePair<string, string>("run", Text(random)));
        using var first = new Meter("fuzz.0");
        using var second = new Meter("fuzz.1");
        for (var i = 0; i < InstrumentsInABatch; i++) RecordOne(random.Next(2) == 0 ? first : second, random);

        var text = scrape.Text;
        var (exitCode, output) = Promtool.Run(text, "check", "metrics");

        Assert.That(exitCode, Is.EqualTo(0).Or.EqualTo(OnlyStyle), output + text);
        Assert.That(Series(text), Is.Unique, "promtool does not look for series that stand there twice, but Prometheus refuses them");
        Assert.That(text.Split('\n').Count(line => line.StartsWith("# TYPE", StringComparison.Ordinal)), Is.GreaterThan(InstrumentsInABatch / 4));
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property Names_FromAnyText_AreNamesOfPrometheus() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>>(),
        ArbMap.Default.ArbFor<string?>(),
        ArbMap.Default.ArbFor<bool>(),
        (name, unit, isCounter) =>
            MetricName().IsMatch(PrometheusNames.Family(name.Get, PrometheusUnits.Word(unit, !isCounter), isCounter))
            && LabelName().IsMatch(PrometheusNames.Label(name.Get)));

    /// <summary>The names and labels of all samples.</summary>
    private static IEnumerable<string> Series(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Select(line => line[..line.LastIndexOf(' ')]);

    private static void RecordOne(Meter meter, Random random)
    {
        var name = "f" + string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Words[random.Next(Words.Length)]));
        var unit = Units[random.Next(Units.Length)];
        var help = Text(random);
        Action<double, KeyValuePair<string, object?>[]> record = random.Next(5) switch
        {
            0 => new(meter.CreateCounter<double>(name, unit, help).Add),
            1 => new(meter.CreateHistogram<double>(name, unit, help).Record),
            2 => new(meter.CreateUpDownCounter<double>(name, unit, help).Add),
            3 => (value, tags) => meter.CreateCounter<long>(name, unit, help).Add(double.IsFinite(value) ? (long)value : 1, tags),
            _ => new(meter.CreateGauge<double>(name, unit, help).Record),
        };
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var tags = Enumerable.Range(0, random.Next(4)).Select(_ => new KeyValuePair<string, object?>(Key(random), Text(random)));
            record(Values[random.Next(Values.Length)], [.. tags.DistinctBy(tag => tag.Key)]);
        }
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(4); i > 0; i--) text.Append(Texts[random.Next(Texts.Length)]);
        return text.ToString();
    }

    private static string Key(Random random) => Text(random) is { Length: > 0 } text ? text : "key";

    [GeneratedRegex(@"\A[a-zA-Z_:][a-zA-Z0-9_:]*\z")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"\A(?!__)[a-zA-Z_][a-zA-Z0-9_]*\z")]
    private static partial Regex LabelName();
}
