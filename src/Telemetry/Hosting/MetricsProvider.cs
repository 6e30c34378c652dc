using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Globalization;
using Lhts.Telemetry.Prometheus;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Lhts.Telemetry.Hosting;

/// <summary>Builds the OpenTelemetry pipeline: which meters are read, what is left out, and where the figures go.</summary>
internal static class MetricsProvider
{
    private const string RuntimeMeter = "System.Runtime";

    /// <summary>What is kept of .NET's own meter; docs/telemetry.md names these.</summary>
    public static FrozenSet<string> RuntimeInstruments { get; } = FrozenSet.ToFrozenSet(
    [
        "dotnet.process.memory.working_set",
        "dotnet.process.cpu.time",
        "dotnet.gc.collections",
        "dotnet.gc.pause.time",
        "dotnet.gc.heap.total_allocated",
    ]);

    /// <summary>Builds the provider over a meter's instruments and those of the runtime.</summary>
    public static MeterProvider Build(TelemetryOptions options, PrometheusExporter prometheus)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Describe(options))
            .AddMeter(TrainingMeter.MeterName)
            .AddPrometheus(prometheus);

        if (options.RuntimeMetrics) builder.AddMeter(RuntimeMeter).AddView(DropMostOfRuntime);
        if (options.OtlpEndpoint is { } endpoint) AddOtlp(builder, endpoint, options);
        return builder.Build();
    }

    /// <summary>The labels that every series gets.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> ConstantLabels(TelemetryOptions options) =>
    [
        .. options.RunName.Length == 0 ? Array.Empty<KeyValuePair<string, string>>() : [new("run", options.RunName)],
        .. options.Rank is { } rank
            ? [new KeyValuePair<string, string>("rank", rank.ToString(CultureInfo.InvariantCulture))]
            : Array.Empty<KeyValuePair<string, string>>(),
    ];

    private static ResourceBuilder Describe(TelemetryOptions options)
    {
        var version = typeof(MetricsProvider).Assembly.GetName().Version?.ToString(3);
        return ResourceBuilder.CreateEmpty().AddService(
            "lhts", serviceVersion: version, autoGenerateServiceInstanceId: false, serviceInstanceId: Instance(options));
    }

    private static string? Instance(TelemetryOptions options) => options.RunName.Length == 0 ? null
        : options.Rank is null ? options.RunName
        : string.Create(CultureInfo.InvariantCulture, $"{options.RunName}/{options.Rank}");

    private static MetricStreamConfiguration? DropMostOfRuntime(Instrument instrument) =>
        instrument.Meter.Name == RuntimeMeter && !RuntimeInstruments.Contains(instrument.Name) ? MetricStreamConfiguration.Drop : null;

    private static void AddOtlp(MeterProviderBuilder builder, Uri endpoint, TelemetryOptions options) =>
        builder.AddOtlpExporter((exporter, reader) =>
        {
            exporter.Endpoint = endpoint;
            exporter.Protocol = options.OtlpTransport == OtlpTransport.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.OtlpInterval.TotalMilliseconds;
        });
}
