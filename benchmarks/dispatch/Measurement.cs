using System.Diagnostics;

namespace Lhts.Dispatch.Benchmarks;

/// <summary>Nanoseconds and managed bytes of one call: the best of many rounds, which other work on the machine disturbs least.</summary>
internal sealed record Measurement(string Name, double Nanoseconds, double Bytes)
{
    /// <summary>Longer than the runtime waits before it replaces code that was compiled in haste, here and in what the call reaches.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.4);

    public static Measurement Of(string name, Action call, int numCalls, int numRounds)
    {
        var begin = Stopwatch.GetTimestamp();
        do
        {
            for (var i = 0; i < numCalls; i++) call();
        }
        while (Stopwatch.GetElapsedTime(begin) < WarmUp);
        var best = double.PositiveInfinity;
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < numRounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < numCalls; i++) call();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / numCalls);
        }

        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        return new Measurement(name, best, (double)bytes / (numCalls * numRounds));
    }
}
