using System.Globalization;
using System.Text.Json;
using Lhts.Distributed;
using Lhts.Telemetry;
using Lhts.Trainer.Parallel;
using static TorchSharp.torch;

namespace Lhts.Scaling.Benchmarks.Measuring;

/// <summary>The life of a process that measures: joins, warms up, says so, waits for the word, measures, reports.</summary>
internal static class RankProcess
{
    public const string Ready = "ready";

    private const int WarmUp = 2;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static void Run(RankSettings settings)
    {
        set_num_threads(settings.Threads);
        using var ranks = Join(settings);
        var clock = new PhaseClock(TimeProvider.System);
        using var step = new RankStep(settings, ranks, clock);
        for (var i = 0; i < WarmUp; i++) step.Run();
        Console.WriteLine(Ready);
        if (Console.ReadLine() is null) return; // whoever started this is gone
        EndWithTheStarter();
        Console.WriteLine(JsonSerializer.Serialize(Measure(settings, ranks, step, clock)));
    }

    private static Ranks Join(RankSettings settings)
    {
        if (settings.WorldSize == 1) return Ranks.Single;
        var store = new TcpStore(settings.Master, settings.Port, isServer: settings.Rank == 0, Longest);
        var options = new GroupOptions { Rank = settings.Rank, WorldSize = settings.WorldSize, Timeout = Longest, Address = settings.Address, Interface = null };
        return Ranks.Join(store, CPU, options);
    }

    private static RankReport Measure(RankSettings settings, Ranks ranks, RankStep step, PhaseClock clock)
    {
        var samples = new List<StepSample>();
        long bytes = 0;
        ranks.Part(); // all begin together
        var (sent, processor) = (SentBytes(settings.Interface), Environment.CpuUsage.TotalTime);
        clock.BeginStep();
        for (var i = 0; i < settings.Workload.Steps; i++)
        {
            var reduction = step.Run();
            var times = clock.EndStep();
            bytes = reduction?.Bytes ?? 0;
            samples.Add(new StepSample(
                times.Total.TotalSeconds, times[StepPhase.Backward].TotalSeconds, reduction?.Total.TotalSeconds ?? 0, reduction?.Exposed.TotalSeconds ?? 0));
        }

        processor = Environment.CpuUsage.TotalTime - processor;
        ranks.Part();
        return new RankReport(
            samples, processor.TotalSeconds / samples.Count, bytes, (double)(SentBytes(settings.Interface) - sent) / samples.Count, step.NumParameters);
    }

    /// <summary>Bytes that an interface of this network namespace has sent, headers included.</summary>
    private static long SentBytes(string? network)
    {
        if (network is null) return 0;
        const int sentColumn = 8; // after the colon: eight columns of what came in, then bytes sent
        var line = File.ReadLines("/proc/self/net/dev").First(text => text.TrimStart().StartsWith(network + ":", StringComparison.Ordinal));
        return long.Parse(line[(line.IndexOf(':') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[sentColumn], CultureInfo.InvariantCulture);
    }

    private static void EndWithTheStarter()
    {
        var watch = new Thread(() =>
        {
            if (Console.In.ReadLine() is null) Environment.Exit(1);
        })
        {
            IsBackground = true,
        };
        watch.Start();
    }
}
