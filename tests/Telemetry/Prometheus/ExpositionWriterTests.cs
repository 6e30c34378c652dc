using Lhts.Telemetry.Prometheus;

namespace Lhts.Telemetry.Tests.Prometheus;

public class ExpositionWriterTests
{
    private static readonly MetricFamily[] Families =
    [
        new("work", FamilyKind.Counter, null, "Say \"what\",\nand a \\.", [new("kind=\"b\"", 2), new("kind=\"a\"", 1e21)]),
        new("wait_seconds", FamilyKind.Histogram, "seconds", "", [new("", 3.5) { Buckets = [new(1, 1), new(2.5, 1), new(double.PositiveInfinity, 2)] }]),
        new("level", FamilyKind.Gauge, null, "Level.",
            [new("v=\"1\"", double.NaN), new("v=\"2\"", double.PositiveInfinity), new("v=\"3\"", double.NegativeInfinity), new("v=\"4\"", -0.1)]),
        new("target", FamilyKind.Info, null, "", [new("service_name=\"x\"", 1)]),
        new("nothing", FamilyKind.Gauge, null, "No series.", []),
    ];

    [Test]
    public void Write_PrometheusText_SortsEscapesAndNames()
    {
        var text = ExpositionWriter.Write(Families, ExpositionFormat.PrometheusText);

        Assert.That(text, Is.EqualTo("""
            # HELP level Level.
            # TYPE level gauge
            level{v="1"} NaN
            level{v="2"} +Inf
            level{v="3"} -Inf
            level{v="4"} -0.1
            # TYPE target_info gauge
            target_info{service_name="x"} 1
            # TYPE wait_seconds histogram
            wait_seconds_bucket{le="1"} 1
            wait_seconds_bucket{le="2.5"} 1
            wait_seconds_bucket{le="+Inf"} 2
            wait_seconds_sum 3.5
            wait_seconds_count 2
            # HELP work_total Say "what",\nand a \\.
            # TYPE work_total counter
            work_total{kind="a"} 1E+21
            work_total{kind="b"} 2

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void Write_OpenMetrics_HasUnitsBoundsWithAPointAndAnEnd()
    {
        var text = ExpositionWriter.Write(Families, ExpositionFormat.OpenMetrics);

        Assert.That(text, Does.StartWith("# HELP level Level.\n").And.EndsWith("work_total{kind=\"b\"} 2\n# EOF\n"));
        Assert.That(text, Does.Contain("""
            # TYPE target info
            target_info{service_name="x"} 1
            # TYPE wait_seconds histogram
            # UNIT wait_seconds seconds
            wait_seconds_bucket{le="1.0"} 1
            wait_seconds_bucket{le="2.5"} 1
            wait_seconds_bucket{le="+Inf"} 2
            """.ReplaceLineEndings("\n")));
        Assert.That(text, Does.Contain("""
            # HELP work Say \"what\",\nand a \\.
            # TYPE work counter
            work_total{kind="a"} 1E+21
            """.ReplaceLineEndings("\n")));
    }
}
