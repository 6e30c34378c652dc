using Lhts.Telemetry.Prometheus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Lhts.Telemetry;

/// <summary>The three addresses that a run answers on.</summary>
public static class TelemetryEndpoints
{
    /// <summary>
    /// Maps <c>/metrics</c> (Prometheus or OpenMetrics text, by <c>Accept</c>), <c>/healthz</c> and <c>/readyz</c> (200 or 503, the reason
    /// as
    /// text). Needs the services of <see cref="TelemetryServiceCollectionExtensions.AddLhtsTelemetry"/>.
    /// </summary>
    public static IEndpointRouteBuilder MapLhtsTelemetry(this IEndpointRouteBuilder endpoints)
    {
        var exporter = endpoints.ServiceProvider.GetRequiredService<PrometheusExporter>();
        var health = endpoints.ServiceProvider.GetRequiredService<RunHealth>();
        endpoints.MapGet("/metrics", context => WriteMetrics(context, exporter));
        endpoints.MapGet("/healthz", context => WriteHealth(context, health.Liveness));
        endpoints.MapGet("/readyz", context => WriteHealth(context, health.Readiness));
        return endpoints;
    }

    private static Task WriteMetrics(HttpContext context, PrometheusExporter exporter)
    {
        var format = ExpositionFormats.Choose(context.Request.Headers.Accept);
        context.Response.ContentType = format.ContentType();
        context.Response.Headers.Vary = "Accept";
        return context.Response.WriteAsync(exporter.Write(format), context.RequestAborted);
    }

    private static Task WriteHealth(HttpContext context, HealthReport report)
    {
        context.Response.StatusCode = report.IsWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(report.Reason + "\n", context.RequestAborted);
    }
}
