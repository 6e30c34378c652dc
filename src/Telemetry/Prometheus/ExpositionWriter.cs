using System.Globalization;
using System.Text;

namespace Lhts.Telemetry.Prometheus;

/// <summary>Writes metric families as text: sorted by name and labels, the same families always giving the same bytes.</summary>
internal static class ExpositionWriter
{
    /// <summary>Writes all families in a format.</summary>
    public static string Write(IEnumerable<MetricFamily> families, ExpositionFormat format)
    {
        var text = new StringBuilder(8192);
        foreach (var family in families.OrderBy(family => family.Name, StringComparer.Ordinal))
        {
            if (family.Series.Count > 0) WriteFamily(text, family, format);
        }

        if (format == ExpositionFormat.OpenMetrics) text.Append("# EOF\n");
        return text.ToString();
    }

    private static void WriteFamily(StringBuilder text, MetricFamily family, ExpositionFormat format)
    {
        WriteHead(text, family, format);
        var sampleName = family.Name + SampleSuffix(family.Kind);
        foreach (var series in family.Series.OrderBy(series => series.Labels, StringComparer.Ordinal))
        {
            if (series.Buckets is { } buckets) WriteHistogram(text, family.Name, series, buckets, format);
            else WriteSample(text, sampleName, series.Labels, series.Value);
        }
    }

    private static void WriteHead(StringBuilder text, MetricFamily family, ExpositionFormat format)
    {
        var isOpenMetrics = format == ExpositionFormat.OpenMetrics;
        var name = isOpenMetrics ? family.Name : family.Name + SampleSuffix(family.Kind);
        if (family.Help.Length > 0)
        {
            text.Append("# HELP ").Append(name).Append(' ');
            foreach (var character in family.Help) LabelText.AppendEscaped(text, character, quotes: isOpenMetrics);
            text.Append('\n');
        }

        text.Append("# TYPE ").Append(name).Append(' ').Append(TypeWord(family.Kind, isOpenMetrics)).Append('\n');
        if (isOpenMetrics && family.Unit is { } unit) text.Append("# UNIT ").Append(name).Append(' ').Append(unit).Append('\n');
    }

    private static void WriteHistogram(
        StringBuilder text, string name, MetricSeries series, IReadOnlyList<CumulativeBucket> buckets, ExpositionFormat format)
    {
        foreach (var bucket in buckets)
        {
            WriteSample(text, name + "_bucket", LabelText.With(series.Labels, "le", Bound(bucket.UpperBound, format)), bucket.Count);
        }

        WriteSample(text, name + "_sum", series.Labels, series.Value);
        WriteSample(text, name + "_count", series.Labels, buckets[^1].Count);
    }

    private static void WriteSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string SampleSuffix(FamilyKind kind) => kind switch
    {
        FamilyKind.Counter => "_total",
        FamilyKind.Info => "_info",
        _ => "",
    };

    private static string TypeWord(FamilyKind kind, bool isOpenMetrics) => kind switch
    {
        FamilyKind.Counter => "counter",
        FamilyKind.Histogram => "histogram",
        FamilyKind.Info when isOpenMetrics => "info",
        _ => "gauge",
    };

    /// <summary>The shortest text that reads back as the same number.</summary>
    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>OpenMetrics wants bounds with a decimal point, so that a bound is the same label value whoever writes it.</summary>
    private static string Bound(double bound, ExpositionFormat format)
    {
        var text = Number(bound);
        var isWhole = text.AsSpan().IndexOfAnyExcept("-0123456789") < 0;
        return format == ExpositionFormat.OpenMetrics && isWhole ? text + ".0" : text;
    }
}
