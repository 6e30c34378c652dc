namespace Lhts.Telemetry.Tests.Meters;

public class PhaseClockTests
{
    [Test]
    public void EndStep_PhasesEnteredAgain_AddUp()
    {
        var time = new ManualTime();
        var clock = new PhaseClock(time);
        clock.BeginStep();
        for (var microBatch = 1; microBatch <= 2; microBatch++)
        {
            using (clock.Measure(StepPhase.Student)) time.Advance(TimeSpan.FromSeconds(microBatch));
            time.Advance(TimeSpan.FromSeconds(10));
        }

        var times = clock.EndStep();

        Assert.That(times.Total, Is.EqualTo(TimeSpan.FromSeconds(23)));
        Assert.That(times[StepPhase.Student], Is.EqualTo(TimeSpan.FromSeconds(3)));
        Assert.That(times[StepPhase.Backward], Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void EndStep_Again_CountsFromTheLastEnd()
    {
        var time = new ManualTime();
        var clock = new PhaseClock(time);
        clock.BeginStep();
        clock.EndStep();
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.That(clock.EndStep().Total, Is.EqualTo(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public void Entered_OnEachPhase_IsToldItAndTheStepsBefore()
    {
        var entered = new List<(StepPhase Phase, long Step)>();
        var clock = new PhaseClock(new ManualTime()) { Entered = (phase, step) => entered.Add((phase, step)) };
        clock.Measure(StepPhase.Teacher).Dispose();
        clock.EndStep();
        clock.Measure(StepPhase.AllReduce).Dispose();
        Assert.That(entered, Is.EqualTo(new[] { (StepPhase.Teacher, 0L), (StepPhase.AllReduce, 1L) }));
    }

    [Test]
    public void PhaseTicks_HaveOnePlaceForEachPhase() => Assert.That(PhaseTicks.Count, Is.EqualTo(Enum.GetValues<StepPhase>().Length));

    [Test]
    public void TokensPerSecond_StepWithoutTime_IsZero() =>
        Assert.That(new StepFigures { Stage = "teacher", Step = 1, RealTokens = 5 }.TokensPerSecond, Is.Zero);
}
