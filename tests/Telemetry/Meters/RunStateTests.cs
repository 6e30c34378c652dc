namespace Lhts.Telemetry.Tests.Meters;

public sealed class RunStateTests
{
    private readonly ManualTime time = new();

    [Test]
    public void State_OfARun_FollowsItToAnOrderlyEnd()
    {
        using var scrape = new Scrape([TrainingMeter.MeterName]);
        using var meter = new TrainingMeter(time);
        Assert.That(scrape.Text, Does.Contain("lhts_run_state{state=\"starting\"} 1\n").And.Not.Contain("lhts_run_ended"));
        meter.RecordStep(Sample.Student);
        Assert.That(scrape.Text, Does.Contain("lhts_run_state{state=\"running\"} 1\n").And.Not.Contain("starting\"}").And.Not.Contain("lhts_run_ended"));
        meter.RecordState(RunState.Stopped);
        Assert.That(scrape.Text, Does.Contain("lhts_run_state{state=\"stopped\"} 1\n").And.Contain("\nlhts_run_ended_timestamp_seconds 1767323045\n"));
    }

    [Test]
    public void Failure_IsNoOrderlyEnd()
    {
        using var scrape = new Scrape([TrainingMeter.MeterName]);
        using var meter = new TrainingMeter(time);
        meter.RecordState(RunState.Failed);
        Assert.That(scrape.Text, Does.Contain("lhts_run_state{state=\"failed\"} 1\n").And.Not.Contain("lhts_run_ended"));
    }

    [Test]
    public void OtherRanks_TellOnlyWhatIsTheirOwn()
    {
        using var scrape = new Scrape([TrainingMeter.MeterName]);
        using var meter = new TrainingMeter(time, isLeader: false);
        meter.RecordStep(Sample.Student);
        foreach (var own in new[] { "lhts_step{", "lhts_steps_total", "lhts_tokens_total", "lhts_step_duration_seconds" })
        {
            Assert.That(scrape.Text, Does.Contain(own));
        }

        foreach (var shared in new[] { "lhts_loss", "lhts_weight", "lhts_learning_rate", "lhts_gradient_norm", "lhts_steps_skipped", "lhts_run_state",
            "lhts_epoch" })
        {
            Assert.That(scrape.Text, Does.Not.Contain(shared));
        }
    }
}
