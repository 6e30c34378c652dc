using Lhts.Telemetry.Prometheus;

namespace Lhts.Telemetry.Tests.Prometheus;

public class ExpositionFormatTests
{
    private const string Prometheus2 =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    [TestCase(Prometheus2, ExpositionFormat.OpenMetrics)]
    [TestCase("application/openmetrics-text", ExpositionFormat.OpenMetrics)]
    [TestCase("application/openmetrics-text;version=1.0.0;q=0.3,text/plain;q=0.5", ExpositionFormat.PrometheusText)]
    [TestCase("application/openmetrics-text;version=9.0.0", ExpositionFormat.PrometheusText)]
    [TestCase("application/openmetrics-text;q=0", ExpositionFormat.PrometheusText)]
    [TestCase("text/plain", ExpositionFormat.PrometheusText)]
    [TestCase("*/*", ExpositionFormat.PrometheusText)]
    [TestCase("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", ExpositionFormat.PrometheusText)]
    [TestCase("no header at all;;;", ExpositionFormat.PrometheusText)]
    [TestCase("", ExpositionFormat.PrometheusText)]
    public void Choose_AcceptHeader_GivesTheFormatAskedFor(string accept, ExpositionFormat expected) =>
        Assert.That(ExpositionFormats.Choose([accept]), Is.EqualTo(expected));

    [Test]
    public void Choose_NoHeader_IsTheOlderFormat() => Assert.That(ExpositionFormats.Choose(null), Is.EqualTo(ExpositionFormat.PrometheusText));
}
