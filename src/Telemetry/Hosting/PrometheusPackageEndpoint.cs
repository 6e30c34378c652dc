using Lhts.Telemetry.Prometheus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using OpenTelemetry.Metrics;

namespace Lhts.Telemetry.Hosting;

/// <summary>
/// Answers on <c>/metrics</c> by the package OpenTelemetry.Exporter.Prometheus.AspNetCore: compiled in PrometheusEndpoint.cs's place with the
/// build property <c>-p:PrometheusExporter=package</c>.
/// </summary>
internal static class PrometheusEndpoint
{
    /// <summary>Adds the reader that the endpoint is answered from: the package's own.</summary>
    public static MeterProviderBuilder AddPrometheus(this MeterProviderBuilder builder, PrometheusExporter exporter) =>
        builder.AddPrometheusExporter();

    /// <summary>Maps <c>/metrics</c>.</summary>
    public static void MapPrometheus(this IEndpointRouteBuilder endpoints, PrometheusExporter exporter, MeterProvider provider) =>
        endpoints.MapPrometheusScrapingEndpoint("/metrics", provider, configureBranchedPipeline: null, optionsName: null);
}
