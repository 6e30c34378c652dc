using Microsoft.Net.Http.Headers;

namespace Lhts.Telemetry.Prometheus;

/// <summary>The two text formats that Prometheus reads.</summary>
public enum ExpositionFormat
{
    /// <summary>Prometheus' text format, version 0.0.4.</summary>
    PrometheusText,

    /// <summary>OpenMetrics, version 1.0.0: counters named without <c>_total</c>, units, an end mark.</summary>
    OpenMetrics,
}

/// <summary>Chooses the format that a request asks for.</summary>
public static class ExpositionFormats
{
    private static readonly string[] OpenMetricsVersions = ["1.0.0", "0.0.1"];

    /// <summary>The value of <c>Content-Type</c>.</summary>
    public static string ContentType(this ExpositionFormat format) => format switch
    {
        ExpositionFormat.OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        _ => "text/plain; version=0.0.4; charset=utf-8",
    };

    /// <summary>
    /// Chooses by an <c>Accept</c> header: OpenMetrics when it is named with a quality no less than that of plain text, otherwise the older
    /// format, which is also the answer to a header that names neither or cannot be read.
    /// </summary>
    public static ExpositionFormat Choose(IList<string>? accept)
    {
        if (accept is null || !MediaTypeHeaderValue.TryParseList(accept, out var types)) return ExpositionFormat.PrometheusText;

        var openMetrics = Quality(types, IsOpenMetrics);
        return openMetrics > 0 && openMetrics >= Quality(types, IsPlainText)
            ? ExpositionFormat.OpenMetrics
            : ExpositionFormat.PrometheusText;
    }

    private static bool IsOpenMetrics(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase)
        && (Version(type) is not { } version || OpenMetricsVersions.Contains(version));

    private static bool IsPlainText(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase)
        && Version(type) is null or "0.0.4";

    private static string? Version(MediaTypeHeaderValue type) =>
        type.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase))
            ?.GetUnescapedValue().ToString();

    private static double Quality(IEnumerable<MediaTypeHeaderValue> types, Func<MediaTypeHeaderValue, bool> matches) =>
        types.Where(matches).Select(type => type.Quality ?? 1).DefaultIfEmpty(0).Max();
}
