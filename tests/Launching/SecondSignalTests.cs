namespace Lhts.Launching.Tests;

public sealed class SecondSignalTests
{
    [TestCase(0.9, 0)]
    [TestCase(1.1, 1)]
    public void Process_AskedToStopAgain_EndsUnlessItIsTheSameWish(double seconds, int expected)
    {
        var time = new Watch();
        var ended = 0;
        using var signal = new SecondSignal(time, () => ended++);
        signal.Hear();
        time.Now = TimeSpan.FromSeconds(seconds);
        signal.Hear();
        Assert.That(ended, Is.EqualTo(expected));
    }

    private sealed class Watch : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
