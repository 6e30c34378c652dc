namespace Lhts.Telemetry.Tests.Health;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class RunHealthTests
{
    private readonly ManualTime _time = new();

    private RunHealth NewHealth() => new(_time, new HealthOptions { MaxStepAge = TimeSpan.FromSeconds(60) });

    [Test]
    public void Liveness_BeforeTheFirstStep_CountsFromTheStart()
    {
        var health = NewHealth();
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(health.Liveness, Is.EqualTo(new HealthReport(true, "60 s since the start; the bound is 60 s.")));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(health.Liveness, Is.EqualTo(new HealthReport(false, "61 s since the start; the bound is 60 s.")));
    }

    [Test]
    public void Liveness_LastStepTooLongAgo_NamesIt()
    {
        var health = NewHealth();
        health.ReportWork("the evaluation");
        health.ReportStep(12);
        _time.Advance(TimeSpan.FromSeconds(100));

        Assert.That(health.Liveness, Is.EqualTo(new HealthReport(false, "100 s since step 12; the bound is 60 s.")));
    }

    [Test]
    public void Liveness_OtherWork_KeepsTheRunHealthy()
    {
        var health = NewHealth();
        health.ReportStep(12);
        _time.Advance(TimeSpan.FromSeconds(59));
        health.ReportWork("the evaluation");
        _time.Advance(TimeSpan.FromSeconds(59));

        Assert.That(health.Liveness, Is.EqualTo(new HealthReport(true, "59 s since the evaluation; the bound is 60 s.")));
    }

    [Test]
    public void WorkAge_OfAProcessThatWaits_GrowsThoughItIsHealthy()
    {
        var health = NewHealth();
        health.ReportStep(12);
        _time.Advance(TimeSpan.FromSeconds(50));
        health.ReportWait("rank 0 was last waited for");
        _time.Advance(TimeSpan.FromSeconds(50));

        Assert.That(health.Liveness, Is.EqualTo(new HealthReport(true, "50 s since rank 0 was last waited for; the bound is 60 s.")));
        Assert.That(health.WorkAge, Is.EqualTo(TimeSpan.FromSeconds(100)));
    }

    [Test]
    public void Liveness_SignsOfWork_KeepTheRunHealthyByTheNameOfTheWork()
    {
        var health = NewHealth();
        health.ReportWork("the evaluation");
        _time.Advance(TimeSpan.FromSeconds(100));
        health.ReportSign();

        Assert.That(health.Liveness, Is.EqualTo(new HealthReport(true, "0 s since the evaluation; the bound is 60 s.")));
        Assert.That(health.WorkAge, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Readiness_FirstStep_MakesReady()
    {
        var health = NewHealth();
        health.ReportWork("preparing data");
        Assert.That(health.Readiness, Is.EqualTo(new HealthReport(false, "No training step has been made yet.")));

        health.ReportStep(1);
        Assert.That(health.Readiness.IsWell, Is.True);
    }
}
