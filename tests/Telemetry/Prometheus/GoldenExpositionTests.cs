using Lhts.Testing;

namespace Lhts.Telemetry.Tests.Prometheus;

/// <summary>
/// The whole answer of <c>/metrics</c> in both formats against files. To renew them after an intended change, set the environment variable
/// UPDATE_GOLDEN to 1 and run the test.
/// </summary>
[NonParallelizable]
public class GoldenExpositionTests
{
    [Test]
    public void Write_TrainersMeter_EqualsTheGoldenFileAndIsClean()
    {
        var text = Record(scrape => scrape.Text);
        AssertGolden(text, "metrics.txt");
        Promtool.AssertClean(text);
    }

    [Test]
    public void Write_OpenMetrics_EqualsTheGoldenFile() => AssertGolden(Record(scrape => scrape.OpenMetrics), "metrics.openmetrics.txt");

    [Test]
    public void Write_Twice_GivesTheSame()
    {
        var (first, second) = Record(scrape => (scrape.Text, scrape.Text));
        Assert.That(second, Is.EqualTo(first));
    }

    private static T Record<T>(Func<Scrape, T> read)
    {
        var time = new ManualTime();
        using var scrape = new Scrape([TrainingMeter.MeterName], new KeyValuePair<string, string>("run", "golden"));
        using var meter = new TrainingMeter(time);
        Sample.RecordAll(meter);
        time.Advance(TimeSpan.FromSeconds(90));
        return read(scrape);
    }

    private static void AssertGolden(string text, string file)
    {
        var path = Repository.PathOf("tests", "Telemetry", "Data", file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(path, text);
        Assert.That(text, Is.EqualTo(File.ReadAllText(path)));
    }
}
