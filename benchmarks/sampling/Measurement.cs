namespace Lhts.Sampling.Benchmarks;

/// <summary>Processor seconds of an action: the best of some rounds, which other work on the machine disturbs least.</summary>
internal static class Measurement
{
    public static double BestSeconds(Action action, int numRounds)
    {
        action(); // compiled, and its memory taken
        var best = double.PositiveInfinity;
        for (var round = 0; round < numRounds; round++)
        {
            var start = Environment.CpuUsage.TotalTime;
            action();
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - start).TotalSeconds);
        }

        return best;
    }
}
