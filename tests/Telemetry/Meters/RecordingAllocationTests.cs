using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Lhts.Telemetry.Tests.Meters;

[NonParallelizable]
public class RecordingAllocationTests
{
    private const int StepsInARound = 1000;
    private const int Rounds = 10;

    [Test]
    public void RecordStep_InTheSteadyState_AllocatesNothing()
    {
        using var scrape = new Scrape([TrainingMeter.MeterName]);
        using var meter = new TrainingMeter(TimeProvider.System);
        Assert.That(scrape.Text, Does.Not.Contain("lhts_step"), "the provider listens before the first measurement");

        AssertAllocatesNothing(() =>
        {
            meter.RecordStep(Sample.Student);
            meter.RecordDocuments(DocumentOutcome.Used, 3);
        });
        Assert.That(scrape.Text, Does.Match("lhts_steps_total{stage=\"student\"} [0-9]+000\n"));
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

    /// <summary>
    /// Asserts that a round of steps allocates nothing. The runtime allocates now and then while it replaces code by better code, so a
    /// round
    /// that is disturbed by that is made again; a step that allocates by itself spoils every round.
    /// </summary>
    private static void AssertAllocatesNothing(Action step)
    {
        var allocated = Enumerable.Range(0, Rounds).Select(_ => AllocatedBy(step));
        Assert.That(allocated, Has.Some.Zero);
    }

    private static long AllocatedBy(Action step)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < StepsInARound; i++) step();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
