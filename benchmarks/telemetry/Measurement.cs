using System.Diagnostics;

namespace Lhts.Telemetry.Benchmarks;

/// <summary>Times short actions. The best round counts, since other work only ever slows.</summary>
internal static class Measurement
{
    /// <summary>Time of one action.</summary>
    public static TimeSpan Best(Action action, int rounds = 50, int perRound = 500)
    {
        for (var i = 0; i < perRound; i++) action();
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < perRound; i++) action();
            if (watch.Elapsed < best) best = watch.Elapsed;
        }

        return best / perRound;
    }
}
