using System.Diagnostics;

namespace Lhts.Telemetry.Benchmarks;

/// <summary>Reads /metrics as Prometheus does.</summary>
internal static class Scraping
{
    private const int NumAnswers = 100;

    /// <summary>Time of the fastest of a few answers.</summary>
    public static async Task<TimeSpan> TimeAsync(Uri address)
    {
        using var client = new HttpClient();
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < NumAnswers; i++)
        {
            var watch = Stopwatch.StartNew();
            await client.GetStringAsync(address);
            if (watch.Elapsed < best) best = watch.Elapsed;
        }

        return best;
    }

    /// <summary>What a measurement gives while the address is read again and again.</summary>
    public static async Task<TimeSpan> WhileAsync(Uri address, Func<TimeSpan> measure)
    {
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            using var client = new HttpClient();
            while (!stop.IsCancellationRequested) await client.GetStringAsync(address);
        });
        var found = measure();
        await stop.CancelAsync();
        await reading;
        return found;
    }
}
