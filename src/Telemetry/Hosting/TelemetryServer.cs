using System.Globalization;
using System.Net;
using Lhts.Telemetry.Prometheus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Lhts.Telemetry.Hosting;

/// <summary>
/// Starts the metrics pipeline with the host, and a small web server of its own when a port is set. It is no part of the host's own web
/// server, so that a port in use costs the endpoint and not the run.
/// </summary>
public sealed partial class TelemetryServer(
    TelemetryOptions options, PrometheusExporter exporter, RunHealth health, MeterProvider provider, TimeProvider time, ILogger<TelemetryServer> logger)
    : IHostedService, IAsyncDisposable
{
    /// <summary>How long the end of a run waits for the last figures to be pushed.</summary>
    private const int FlushMilliseconds = 2000;

    private readonly PushFailureLog? _pushFailures =
        options.OtlpEndpoint is { } endpoint ? new PushFailureLog(endpoint, logger) : null;

    private WebApplication? _server;

    /// <summary>The address that is listened on, or null while there is none.</summary>
    public Uri? Address { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Port is not { } port) return;

        var server = Build(port);
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException)
        {
            await server.DisposeAsync();
            Log.CannotListen(logger, options.Address, port, failure.Message);
            return;
        }

        _server = server;
        Address = new Uri(server.Urls.First());
        Log.Listening(logger, Address);
    }

    /// <summary>Lets what was measured last be scraped: returns once it was, at the latest after a time, at once where there is no endpoint.</summary>
    /// <param name="longest">The time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitForScrapeAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        if (_server is null || longest <= TimeSpan.Zero) return;
        Log.WaitingForScrape(logger, longest.TotalSeconds);
        try
        {
            await exporter.NextScrape().WaitAsync(longest, time, cancellationToken);
        }
        catch (Exception end) when (end is TimeoutException or OperationCanceledException)
        {
            // Nobody came.
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is { } server) await server.StopAsync(cancellationToken);
        provider.ForceFlush(FlushMilliseconds);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is { } server) await server.DisposeAsync();
        _server = null;
        _pushFailures?.Dispose();
    }

    /// <summary>
    /// An empty builder: no settings from files or the environment, no logging, and no console lifetime, since the signals that stop a run
    /// are the host's.
    /// </summary>
    private WebApplication Build(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(exporter);
        builder.Services.AddSingleton(health);
        builder.Services.AddSingleton(provider);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(ParseAddress(options.Address), port);
        });

        var server = builder.Build();
        server.MapLhtsTelemetry();
        return server;
    }

    private static IPAddress ParseAddress(string address) => address == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(address, out var parsed)
        ? parsed
        : throw new ArgumentException(string.Create(
            CultureInfo.InvariantCulture,
            $"The telemetry address '{address}' is not an IP address. Use 127.0.0.1 for this machine only, or 0.0.0.0 for all."));

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Metrics and health at {Address}metrics, healthz and readyz.")]
        public static partial void Listening(ILogger logger, Uri address);

        [LoggerMessage(2, LogLevel.Warning,
            "Cannot listen on {Address}:{Port} for metrics ({Reason}). "
            + "The run goes on without the endpoint; set another telemetry port to have one.")]
        public static partial void CannotListen(ILogger logger, string address, int port, string reason);

        [LoggerMessage(3, LogLevel.Information, "The last metrics stay until they are scraped, for at most {Seconds} s.")]
        public static partial void WaitingForScrape(ILogger logger, double seconds);
    }
}
