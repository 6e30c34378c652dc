using Lhts.Telemetry.Hosting;
using Lhts.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Lhts.Telemetry.Tests.Grafana;

/// <summary>A real Prometheus scrapes the endpoint, and every expression of every panel is sent to it.</summary>
[NonParallelizable]
public class DashboardQueryTests
{
    /// <summary>More than there are, and little to Prometheus: the number must not grow with the length of a run.</summary>
    private const int MostSeries = 1000;

    private IHost _host = null!;
    private PrometheusServer _prometheus = null!;

    private static IEnumerable<TestCaseData> Expressions =>
        from file in GrafanaFiles.Dashboards
        from panel in GrafanaFiles.Panels(file)
        from expression in GrafanaFiles.Expressions(panel)
        select new TestCaseData(Path.GetFileNameWithoutExtension(file), panel.GetProperty("title").GetString(), expression);

    [OneTimeSetUp]
    public async Task StartScraping()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLhtsTelemetry(new TelemetryOptions { Port = 0, RunName = "dashboards" });
        _host = builder.Build();
        await _host.StartAsync();
        var meter = _host.Services.GetRequiredService<TrainingMeter>();
        Sample.RecordAll(meter);
        GC.Collect();
        _prometheus = PrometheusServer.Start(_host.Services.GetRequiredService<TelemetryServer>().Address!);
        await _prometheus.Until("count_over_time(lhts_steps_total[1m]) >= 4", meanwhile: () => Sample.RecordAll(meter));
    }

    [OneTimeTearDown]
    public async Task StopScraping()
    {
        if (_prometheus is not null) await _prometheus.DisposeAsync();
        await _host.StopAsync();
        _host.Dispose();
    }

    [TestCaseSource(nameof(Expressions))]
    public async Task Panel_ItsExpressions_ReturnData(string dashboard, string panel, string expression) =>
        Assert.That(await _prometheus.Query(GrafanaFiles.Fill(expression)), Is.Not.Empty, $"'{panel}' of {dashboard} is empty");

    [Test]
    public async Task Scrape_Target_IsUpAndBounded()
    {
        Assert.That(await _prometheus.Query("up{job=\"lhts\"} == 1"), Has.Length.EqualTo(1));
        Assert.That(await _prometheus.Query($"count({{run=\"dashboards\"}}) < {MostSeries}"), Has.Length.EqualTo(1));
    }
}
