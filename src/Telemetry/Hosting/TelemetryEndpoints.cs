using Lhts.Telemetry.Hosting;
using Lhts.Telemetry.Prometheus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

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
        endpoints.MapPrometheus(exporter, endpoints.ServiceProvider.GetRequiredService<MeterProvider>());
        endpoints.MapGet("/healthz", context => WriteHealth(context, health.Liveness));
        endpoints.MapGet("/readyz", context => WriteHealth(context, health.Readiness));
        return endpoints;
    }

    private static Task WriteHealth(HttpContext context, HealthReport report)
    {
        context.Response.StatusCode = report.IsWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(report.Reason + "\n", context.RequestAborted);
    }
}
