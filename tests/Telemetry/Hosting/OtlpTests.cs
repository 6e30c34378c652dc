using Lhts.Telemetry.Prometheus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Lhts.Telemetry.Tests.Hosting;

[NonParallelizable]
public class OtlpTests
{
    [TestCase(OtlpTransport.Grpc)]
    [TestCase(OtlpTransport.HttpProtobuf)]
    public async Task Stop_ReceiverThere_HasGotWhatMetricsShows(OtlpTransport transport)
    {
        await using var receiver = await OtlpReceiver.Start(transport);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<TimeProvider>(new ManualTime());
        builder.Services.AddLhtsTelemetry(new TelemetryOptions
        {
            RunName = "pushed",
            OtlpEndpoint = receiver.Endpoint(transport),
            OtlpTransport = transport,
            RuntimeMetrics = false,
        });
        using var host = builder.Build();
        await host.StartAsync();
        Sample.RecordAll(host.Services.GetRequiredService<TrainingMeter>());

        var shown = host.Services.GetRequiredService<PrometheusExporter>().Write(ExpositionFormat.PrometheusText);
        await host.StopAsync();

        Assert.That(receiver.Lines, Is.EqualTo(SamplesIn(shown)));
        Assert.That(receiver.Resource["service.instance.id"], Is.EqualTo("pushed"));
    }

    /// <summary>The samples of a scrape as OTLP has them: no buckets of their own, and the run in the resource.</summary>
    private static IEnumerable<string> SamplesIn(string scrape) => scrape
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => line[0] != '#' && !line.Contains("_bucket{", StringComparison.Ordinal) && !line.StartsWith("target_info", StringComparison.Ordinal))
        .Select(line => line.Replace("{run=\"pushed\"}", "").Replace("run=\"pushed\",", "").Replace(",run=\"pushed\"", ""))
        .Order(StringComparer.Ordinal);
}
