using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Lhts.Telemetry.Tests.Meters;

[NonParallelizable]
public class RecordingAllocationTests
{
    private const int Steps = 1000;

    [Test]
    public void RecordStep_InTheSteadyState_AllocatesNothing()
    {
        using var scrape = new Scrape([TrainingMeter.MeterName]);
        using var meter = new TrainingMeter(TimeProvider.System);
        Assert.That(scrape.Text, Is.Empty, "the provider listens before the first measurement");

        AssertAllocatesNothing(() =>
        {
            meter.RecordStep(Sample.Student);
            meter.RecordDocuments(DocumentOutcome.Used, 3);
        });
        Assert.That(scrape.Text, Does.Contain("lhts_steps_total{stage=\"student\"} 2000\n"));
    }

    [Test]
    public void PhaseClock_InTheSteadyState_AllocatesNothing()
    {
        var clock = new PhaseClock(TimeProvider.System);
        var total = TimeSpan.Zero;
        AssertAllocatesNothing(() =>
        {
            clock.BeginStep();
            using (clock.Measure(StepPhase.Backward)) total += TimeSpan.FromTicks(1);
            total += clock.EndStep().Total;
        });
        Assert.That(total, Is.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public void MetricsFile_InTheSteadyState_AllocatesNothing()
    {
        var path = Path.GetTempFileName();
        using (var file = MetricsFile.Create(path)) AssertAllocatesNothing(() => file.Append(Sample.Student));
        File.Delete(path);
    }

    private static void AssertAllocatesNothing(Action step)
    {
        for (var i = 0; i < Steps; i++) step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Steps; i++) step();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
