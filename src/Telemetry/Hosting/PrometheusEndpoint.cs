using Lhts.Telemetry.Prometheus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OpenTelemetry.Metrics;

namespace Lhts.Telemetry.Hosting;

/// <summary>
/// The one place that knows which exporter answers on <c>/metrics</c>: ours. With the build property <c>-p:PrometheusExporter=package</c>,
/// PrometheusPackageEndpoint.cs takes this file's place.
/// </summary>
internal static class PrometheusEndpoint
{
    /// <summary>Adds the reader that the endpoint is answered from.</summary>
    public static MeterProviderBuilder AddPrometheus(this MeterProviderBuilder builder, PrometheusExporter exporter) =>
        builder.AddReader(new BaseExportingMetricReader(exporter));

    /// <summary>Maps <c>/metrics</c>.</summary>
    public static void MapPrometheus(this IEndpointRouteBuilder endpoints, PrometheusExporter exporter, MeterProvider provider) =>
        endpoints.MapGet("/metrics", context => Write(context, exporter));

    private static async Task Write(HttpContext context, PrometheusExporter exporter)
    {
        var scrape = exporter.Scrape;
        var format = ExpositionFormats.Choose(context.Request.Headers.Accept);
        context.Response.ContentType = format.ContentType();
        context.Response.Headers.Vary = "Accept";
        await context.Response.WriteAsync(exporter.Write(format), context.RequestAborted);
        await context.Response.CompleteAsync();
        scrape.TrySetResult();
    }
}
