using Lhts.Telemetry.Prometheus;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Lhts.Telemetry.Tests;

/// <summary>A metrics pipeline with the Prometheus exporter at its end.</summary>
public sealed class Scrape : IDisposable
{
    private readonly MeterProvider _provider;
    private readonly PrometheusExporter _exporter;

    public Scrape(IEnumerable<string> meters, params KeyValuePair<string, string>[] constantLabels)
    {
        _exporter = new PrometheusExporter(constantLabels);
        _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.Clear())
            .AddMeter([.. meters])
            .AddReader(new BaseExportingMetricReader(_exporter))
            .Build();
    }

    public string Text => _exporter.Write(ExpositionFormat.PrometheusText);

    public string OpenMetrics => _exporter.Write(ExpositionFormat.OpenMetrics);

    public void Dispose() => _provider.Dispose();
}
