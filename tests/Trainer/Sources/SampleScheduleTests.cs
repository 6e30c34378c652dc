using FsCheck;
using FsCheck.Fluent;
using Lhts.Trainer.Sources;

namespace Lhts.Trainer.Tests.Sources;

public sealed class SampleScheduleTests
{
    private const int NumSteps = 600;

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public Property Rounds_OfAnySchedule_AreKeptUsedAgainAndReplacedAtTheRate()
    {
        var settings =
            from samples in Gen.Choose(1, 20)
            from buffer in Gen.Choose(1, 200)
            from refresh in Gen.Choose(1, samples)
            select (samples, buffer, refresh);
        return Prop.ForAll(settings.ToArbitrary(), setting => Check(setting.samples, setting.buffer, setting.refresh));
    }

    [Test]
    public void Rounds_WhenAllIsRenewed_AreUsedOnceEach()
    {
        var schedule = new SampleSchedule(samplesPerStep: 8, bufferSize: 100, refresh: 8);
        Assert.That(Enumerable.Range(0, 300).Select(step => schedule.RoundOf(step)), Is.EqualTo(Enumerable.Range(0, 300)));
    }

    [Test]
    public void Rounds_OfASmallRate_AreThese()
    {
        // Two slots, and half of the samples new: each slot's round serves two turns, the second slot's change lying one turn before the first's.
        var schedule = new SampleSchedule(samplesPerStep: 4, bufferSize: 8, refresh: 2);
        Assert.That(Enumerable.Range(0, 12).Select(step => schedule.RoundOf(step)), Is.EqualTo(new[] { 0, 1, 0, 3, 2, 3, 2, 5, 4, 5, 4, 7 }));
    }

    private static void Check(int samples, int buffer, int refresh)
    {
        var schedule = new SampleSchedule(samples, buffer, refresh);
        var numSlots = (buffer + samples - 1) / samples;
        var rounds = Enumerable.Range(0, NumSteps).Select(step => schedule.RoundOf(step)).ToArray();
        var uses = rounds.GroupBy(round => round).ToDictionary(group => group.Key, group => group.Count());
        var most = (samples + refresh - 1) / refresh;
        Assert.That(uses.Values.Max(), Is.LessThanOrEqualTo(most), "no sample is used more often than the rate asks for");
        // New rounds come at refresh / samples a step, give or take a buffer at either end.
        Assert.That(uses.Count * (double)samples, Is.EqualTo(NumSteps * (double)refresh).Within(2.0 * numSlots * samples + samples));
        for (var step = 0; step < NumSteps; step++)
        {
            var oldest = schedule.OldestFrom(step);
            Assert.That(rounds.Skip(step).Min(), Is.GreaterThanOrEqualTo(oldest));
            Assert.That(rounds[step] - oldest, Is.LessThan(2 * numSlots), "the window is bounded");
        }
    }
}
