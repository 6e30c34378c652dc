using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Lhts.Telemetry.Hosting;
using Lhts.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lhts.Telemetry.Tests.Hosting;

[NonParallelizable]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class TelemetryServerTests
{
    private readonly ManualTime _time = new();
    private readonly ConcurrentQueue<string> _log = new();

    [Test]
    public async Task Metrics_ByDefault_IsCleanPrometheusText()
    {
        using var host = await Start(new TelemetryOptions { Port = 0, RunName = "a \"run\"" });
        Sample.RecordAll(host.Services.GetRequiredService<TrainingMeter>());
        GC.Collect();

        using var answer = await Get(host, "metrics");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.That(answer.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/plain; version=0.0.4; charset=utf-8"));
        Assert.That(text, Does.Contain("lhts_loss{run=\"a \\\"run\\\"\",stage=\"student\"} 2.5\n"));
        Assert.That(text, Does.Contain("target_info{service_instance_id=\"a \\\"run\\\"\",service_name=\"lhts\",service_version=\"0.1.0\"} 1\n"));
        foreach (var name in MetricsProvider.RuntimeInstruments) Assert.That(text, Does.Contain(name.Replace('.', '_')));
        Promtool.AssertClean(text);
    }

    [Test]
    public async Task Metrics_AcceptOpenMetrics_IsOpenMetrics()
    {
        using var host = await Start(new TelemetryOptions { Port = 0 });
        using var answer = await Get(host, "metrics", "application/openmetrics-text; version=1.0.0");

        Assert.That(answer.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8"));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.EndWith("# EOF\n"));
    }

    [Test]
    public async Task LastMetrics_AreThereUntilTheyAreScraped()
    {
        using var host = await Start(new TelemetryOptions { Port = 0 });
        using var before = await Get(host, "metrics");
        var server = host.Services.GetRequiredService<TelemetryServer>();
        var waiting = server.WaitForScrapeAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        using var health = await Get(host, "healthz");
        Assert.That(waiting.IsCompleted, Is.False, "what was asked before, and other addresses, are no scrape");
        using var answer = await Get(host, "metrics");
        await waiting;
    }

    [Test]
    public async Task LastMetrics_ThatNobodyScrapes_AreWaitedForInBounds()
    {
        using var host = await Start(new TelemetryOptions { Port = 0 });
        var waiting = host.Services.GetRequiredService<TelemetryServer>().WaitForScrapeAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        Assert.That(waiting.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromSeconds(31));
        await waiting;
    }

    [Test]
    public async Task LastMetrics_WithoutAnEndpoint_AreNotWaitedFor()
    {
        using var host = await Start(new TelemetryOptions());
        await host.Services.GetRequiredService<TelemetryServer>().WaitForScrapeAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
    }

    [Test]
    public async Task Health_StepsAndTime_AnswerByStatus()
    {
        using var host = await Start(new TelemetryOptions { Port = 0, Health = new() { MaxStepAge = TimeSpan.FromSeconds(60) } });
        using var notReady = await Get(host, "readyz");
        Assert.That(notReady.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));

        host.Services.GetRequiredService<RunHealth>().ReportStep(3);
        using var ready = await Get(host, "readyz");
        using var healthy = await Get(host, "healthz");
        Assert.That((ready.StatusCode, healthy.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.OK)));

        _time.Advance(TimeSpan.FromSeconds(61));
        using var unhealthy = await Get(host, "healthz");
        Assert.That(unhealthy.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await unhealthy.Content.ReadAsStringAsync(), Is.EqualTo("61 s since step 3; the bound is 60 s.\n"));
    }

    [Test]
    public async Task Start_PortInUse_WarnsAndGoesOn()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        using var host = await Start(new TelemetryOptions { Port = port });

        Assert.That(host.Services.GetRequiredService<TelemetryServer>().Address, Is.Null);
        Assert.That(_log.Single(line => line.StartsWith("Warning", StringComparison.Ordinal)),
            Does.StartWith($"Warning Cannot listen on 127.0.0.1:{port} for metrics (")
            .And.EndsWith("The run goes on without the endpoint; set another telemetry port to have one."));
        await host.StopAsync();
    }

    [Test]
    public async Task Stop_CollectorThatIsNotThere_WarnsOnce()
    {
        var endpoint = new Uri("http://127.0.0.1:1/v1/metrics");
        using var host = await Start(new TelemetryOptions { OtlpEndpoint = endpoint, OtlpTransport = OtlpTransport.HttpProtobuf });
        Sample.RecordAll(host.Services.GetRequiredService<TrainingMeter>());
        await host.StopAsync();

        Assert.That(_log.Single(), Does.StartWith($"Warning Metrics cannot be pushed to {endpoint}: ")
            .And.EndsWith("The run goes on; this is said only once. Check the address and the transport."));
    }

    [Test]
    public async Task Start_NoPort_ListensNowhere()
    {
        using var host = await Start(new TelemetryOptions());
        Assert.That(host.Services.GetRequiredService<TelemetryServer>().Address, Is.Null);
        Assert.That(_log, Is.Empty);
        await host.StopAsync();
    }

    [Test]
    public async Task Start_AddressThatIsNone_SaysWhatToUse()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => Start(new TelemetryOptions { Port = 0, Address = "here" }));
        Assert.That(failure!.Message, Is.EqualTo(
            "The telemetry address 'here' is not an IP address. Use 127.0.0.1 for this machine only, or 0.0.0.0 for all."));
    }

    private async Task<IHost> Start(TelemetryOptions options)
    {
        _log.Clear();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Logging.AddProvider(new ListLogger(_log)).AddFilter(typeof(TelemetryServer).FullName, LogLevel.Information);
        builder.Services.AddLhtsTelemetry(options);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task<HttpResponseMessage> Get(IHost host, string path, string? accept = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Services.GetRequiredService<TelemetryServer>().Address!, path));
        if (accept is not null) request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));
        return await client.SendAsync(request);
    }

    private sealed class ListLogger(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName == typeof(TelemetryServer).FullName ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> format) =>
            lines.Enqueue($"{level} {format(state, exception)}");

        public void Dispose()
        {
        }
    }
}
