using System.Diagnostics.Metrics;

namespace Lhts.Telemetry.Tests.Prometheus;

[NonParallelizable]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MetricSnapshotTests : IDisposable
{
    private readonly Meter _meter = new("a");
    private readonly Meter _other = new("b");

    public void Dispose()
    {
        _meter.Dispose();
        _other.Dispose();
    }

    [Test]
    public void Take_OneNameInTwoMeters_NamesTheMeters()
    {
        AssertScrape(
            () =>
            {
                _meter.CreateCounter<long>("work").Add(1);
                _other.CreateCounter<long>("work").Add(2);
            },
            """
            # TYPE work_total counter
            work_total{otel_scope_name="a"} 1
            work_total{otel_scope_name="b"} 2

            """);
    }

    [Test]
    public void Take_OneNameWithTwoTypes_KeepsTheFirst()
    {
        AssertScrape(
            () =>
            {
                _other.CreateCounter<long>("work").Add(2);
                _meter.CreateGauge<double>("work").Record(1.5);
            },
            """
            # TYPE work gauge
            work{otel_scope_name="a"} 1.5

            """);
    }

    [Test]
    public void Take_NameThatAnotherFamilysSamplesHave_IsLeftOut()
    {
        AssertScrape(
            () =>
            {
                _meter.CreateCounter<long>("work").Add(1);
                _meter.CreateGauge<long>("work.total").Record(2);
                _meter.CreateGauge<long>("time.count").Record(3);
                _meter.CreateHistogram("time", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [] }).Record(4);
            },
            """
            # TYPE time histogram
            time_bucket{le="+Inf"} 1
            time_sum 4
            time_count 1
            # TYPE work_total counter
            work_total 1

            """);
    }

    [Test]
    public void Take_Histogram_CumulatesItsBuckets()
    {
        AssertScrape(
            () =>
            {
                var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2.5] };
                var histogram = _meter.CreateHistogram("time", "s", "Time.", null, advice);
                foreach (var value in (double[])[0.5, 1, 2, 100]) histogram.Record(value, new KeyValuePair<string, object?>("le", true));
            },
            """
            # HELP time_seconds Time.
            # TYPE time_seconds histogram
            time_seconds_bucket{exported_le="true",le="1"} 2
            time_seconds_bucket{exported_le="true",le="2.5"} 3
            time_seconds_bucket{exported_le="true",le="+Inf"} 4
            time_seconds_sum{exported_le="true"} 103.5
            time_seconds_count{exported_le="true"} 4

            """);
    }

    [Test]
    public void Take_UpDownCounter_IsAGauge()
    {
        AssertScrape(
            () =>
            {
                var queue = _meter.CreateUpDownCounter<int>("queue");
                queue.Add(5);
                queue.Add(-7);
            },
            "# TYPE queue gauge\nqueue -2\n");
    }

    private static void AssertScrape(Action record, string expected)
    {
        using var scrape = new Scrape(["a", "b"]);
        record();
        Assert.That(scrape.Text, Is.EqualTo(expected.ReplaceLineEndings("\n")));
    }
}
