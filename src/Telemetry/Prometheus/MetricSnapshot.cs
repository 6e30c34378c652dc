using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Lhts.Telemetry.Prometheus;

/// <summary>
/// Copies what the OpenTelemetry SDK collected into metric families. Two instruments may end in one family; then the labels name the meter,
/// what has another type than the first is left out, and so is a second series with the same labels or a family whose samples would carry
/// another's name: a scrape with duplicates is refused whole.
/// </summary>
internal sealed class MetricSnapshot(IReadOnlyList<KeyValuePair<string, string>> constantLabels)
{
    private const string ScopeLabel = "otel_scope_name";

    private readonly SortedDictionary<string, List<Metric>> _byFamily = new(StringComparer.Ordinal);

    /// <summary>The families of a batch of metrics.</summary>
    /// <param name="batch">What was collected.</param>
    /// <param name="resource">What the process says about itself; becomes <c>target_info</c>. Null: nothing.</param>
    public static IReadOnlyList<MetricFamily> Take(
        in Batch<Metric> batch, Resource? resource, IReadOnlyList<KeyValuePair<string, string>> constantLabels)
    {
        var snapshot = new MetricSnapshot(constantLabels);
        foreach (var metric in batch) snapshot.Add(metric);

        var families = snapshot._byFamily.Select(family => snapshot.Convert(family.Key, family.Value)).ToList();
        if (TargetInfo(resource) is { } target) families.Add(target);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return [.. families.Where(family => SampleNames(family).All(name => !taken.Contains(name)) && Claim(taken, family))];
    }

    private static bool Claim(HashSet<string> taken, MetricFamily family)
    {
        taken.UnionWith(SampleNames(family));
        return true;
    }

    /// <summary>Every name that a family's samples or its head have in either format.</summary>
    private static IEnumerable<string> SampleNames(MetricFamily family) => family.Kind switch
    {
        FamilyKind.Counter => [family.Name, family.Name + "_total"],
        FamilyKind.Info => [family.Name, family.Name + "_info"],
        FamilyKind.Histogram => [family.Name, family.Name + "_bucket", family.Name + "_sum", family.Name + "_count"],
        _ => [family.Name],
    };

    private void Add(Metric metric)
    {
        var kind = KindOf(metric.MetricType);
        var unit = PrometheusUnits.Word(metric.Unit, kind == FamilyKind.Gauge);
        var name = PrometheusNames.Family(metric.Name, unit, kind == FamilyKind.Counter);
        if (!_byFamily.TryGetValue(name, out var metrics)) _byFamily[name] = metrics = [];
        metrics.Add(metric);
    }

    private MetricFamily Convert(string name, List<Metric> metrics)
    {
        metrics.Sort(CompareOrigins);
        var kind = KindOf(metrics[0].MetricType);
        var isShared = metrics.Select(metric => metric.MeterName).Distinct().Count() > 1;
        var series = new Dictionary<string, MetricSeries>(StringComparer.Ordinal);
        foreach (var metric in metrics.Where(metric => KindOf(metric.MetricType) == kind))
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var labels = Labels(point.Tags, isShared ? metric.MeterName : null, kind);
                series.TryAdd(labels, Read(point, metric.MetricType, labels));
            }
        }

        var unit = PrometheusUnits.Word(metrics[0].Unit, kind == FamilyKind.Gauge);
        return new MetricFamily(name, kind, unit, metrics[0].Description ?? "", [.. series.Values]);
    }

    private string Labels(ReadOnlyTagCollection tags, string? scope, FamilyKind kind)
    {
        var labels = new List<KeyValuePair<string, string>>(constantLabels);
        if (scope is not null) labels.Add(new(ScopeLabel, scope));
        foreach (var (key, value) in tags)
        {
            // A histogram's buckets have a label "le" of their own.
            var isTaken = kind == FamilyKind.Histogram && PrometheusNames.Label(key) == "le";
            labels.Add(new(isTaken ? "exported_le" : key, Text(value)));
        }

        return LabelText.Of(labels);
    }

    private static MetricSeries Read(in MetricPoint point, MetricType type, string labels) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => new(labels, point.GetSumLong()),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => new(labels, point.GetSumDouble()),
        MetricType.LongGauge => new(labels, point.GetGaugeLastValueLong()),
        MetricType.DoubleGauge => new(labels, point.GetGaugeLastValueDouble()),
        MetricType.Histogram => new(labels, point.GetHistogramSum()) { Buckets = Cumulate(point) },

        // These formats have no exponential buckets: only the count and the sum of one can be shown.
        _ => new(labels, point.GetHistogramSum()) { Buckets = [new(double.PositiveInfinity, point.GetHistogramCount())] },
    };

    private static List<CumulativeBucket> Cumulate(in MetricPoint point)
    {
        var buckets = new List<CumulativeBucket>();
        var count = 0L;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            buckets.Add(new(bucket.ExplicitBound, count));
        }

        // A histogram without bounds has no buckets at all in the SDK.
        if (buckets.Count == 0) buckets.Add(new(double.PositiveInfinity, point.GetHistogramCount()));
        return buckets;
    }

    private static MetricFamily? TargetInfo(Resource? resource)
    {
        var labels = LabelText.Of(resource?.Attributes.Select(item => KeyValuePair.Create(item.Key, Text(item.Value))) ?? []);
        return labels.Length == 0
            ? null
            : new MetricFamily("target", FamilyKind.Info, null, "What the process says about itself.", [new(labels, 1)]);
    }

    private static FamilyKind KindOf(MetricType type)
    {
        if (type is MetricType.LongSum or MetricType.DoubleSum) return FamilyKind.Counter;
        return type is MetricType.Histogram or MetricType.ExponentialHistogram ? FamilyKind.Histogram : FamilyKind.Gauge;
    }

    private static int CompareOrigins(Metric left, Metric right)
    {
        var byMeter = string.CompareOrdinal(left.MeterName, right.MeterName);
        return byMeter != 0 ? byMeter : string.CompareOrdinal(left.Name, right.Name);
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        _ => System.Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
