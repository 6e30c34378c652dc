using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Lhts.Telemetry.Prometheus;

/// <summary>
/// Gives the metrics of an OpenTelemetry meter provider as text when asked, for a <see cref="BaseExportingMetricReader"/>. It stands in for
/// the package OpenTelemetry.Exporter.Prometheus.AspNetCore.
/// </summary>
/// <param name="constantLabels">Labels that every series gets, such as the name of the run.</param>
[ExportModes(ExportModes.Pull)]
public sealed class PrometheusExporter(IReadOnlyList<KeyValuePair<string, string>> constantLabels)
    : BaseExporter<Metric>, IPullMetricExporter
{
    private readonly Lock _gate = new();
    private IReadOnlyList<MetricFamily> _families = [];
    private TaskCompletionSource _scraped = NewScrape();

    /// <summary>Ends when metrics that are collected from now on have been sent to somebody.</summary>
    internal Task NextScrape()
    {
        var next = NewScrape();
        Volatile.Write(ref _scraped, next);
        return next.Task;
    }

    /// <summary>What a scrape that begins now says when it is through.</summary>
    internal TaskCompletionSource Scrape => Volatile.Read(ref _scraped);

    private static TaskCompletionSource NewScrape() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Set by the reader that this exporter is given to.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>The present metrics as text. May be called from any thread.</summary>
    /// <exception cref="InvalidOperationException">The exporter has no reader, or the reader could not collect.</exception>
    public string Write(ExpositionFormat format)
    {
        lock (_gate)
        {
            var collect = Collect ?? throw new InvalidOperationException("The exporter belongs to no metric reader yet.");
            if (!collect(Timeout.Infinite)) throw new InvalidOperationException("The metric reader could not collect the metrics.");
            return ExpositionWriter.Write(_families, format);
        }
    }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        _families = MetricSnapshot.Take(batch, ParentProvider?.GetResource(), constantLabels);
        return ExportResult.Success;
    }
}
