using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Lhts.Telemetry.Hosting;

/// <summary>
/// Says once in the log that figures cannot be pushed. OpenTelemetry itself only tells its event source, so that a wrong address would never
/// be noticed.
/// </summary>
internal sealed partial class PushFailureLog(Uri endpoint, ILogger logger) : EventListener
{
    private const string ExporterSource = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private int _isSaid;

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == ExporterSource) EnableEvents(eventSource, EventLevel.Warning);
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name != ExporterSource || Interlocked.Exchange(ref _isSaid, 1) != 0) return;
        Log.CannotPush(logger, endpoint, Reason(eventData));
    }

    /// <summary>The event's message with its figures in place, without the stack trace that follows in further lines.</summary>
    private static string Reason(EventWrittenEventArgs eventData)
    {
        var message = string.Format(CultureInfo.InvariantCulture, eventData.Message ?? "{0}", [.. eventData.Payload ?? new([])]);
        return message.ReplaceLineEndings("\n").Split('\n')[0];
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Warning,
            "Metrics cannot be pushed to {Endpoint}: {Reason} The run goes on; this is said only once. Check the address and the transport.")]
        public static partial void CannotPush(ILogger logger, Uri endpoint, string reason);
    }
}
