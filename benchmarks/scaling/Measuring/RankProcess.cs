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

    private const int WarmUp = 4; // the runtime still compiles meanwhile
    private const int Block = 5; // steps with communication, then as many without: processes differ by some per cent in the same work, one process does not
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
        var options =
            new GroupOptions { Rank = settings.Rank, WorldSize = settings.WorldSize, Timeout = Longest, Address = settings.Address, Interface = null };
        return Ranks.Join(store, CPU, options);
    }

    private static RankReport Measure(RankSettings settings, Ranks ranks, RankStep step, PhaseClock clock)
    {
        var (steps, silent) = (new List<StepSample>(), new List<StepSample>());
        var (reduced, sent) = (0L, 0L);
        var hasSilent = settings.WorldSize > 1 && !settings.Distributed.ShardOptimizer;
        while (steps.Count < settings.Workload.Steps)
        {
            ranks.Barrier(); // all begin together
            var before = SentBytes(settings.Interface);
            for (var i = 0; i < Block && steps.Count < settings.Workload.Steps; i++)
            {
                var (sample, bytes) = MeasureStep(step, clock, communicates: true);
                steps.Add(sample);
                reduced = bytes;
            }

            sent += SentBytes(settings.Interface) - before;
            if (!hasSilent) continue;
            ranks.Barrier();
            for (var i = 0; i < Block; i++) silent.Add(MeasureStep(step, clock, communicates: false).Sample);
        }

        ranks.Barrier();
        return new RankReport(steps, silent, reduced, (double)sent / steps.Count, step.NumParameters);
    }

    private static (StepSample Sample, long ReducedBytes) MeasureStep(RankStep step, PhaseClock clock, bool communicates)
    {
        var processor = Environment.CpuUsage.TotalTime;
        clock.BeginStep();
        var reduction = step.Run(communicates);
        var times = clock.EndStep();
        processor = Environment.CpuUsage.TotalTime - processor;
        var sample = new StepSample(
            times.Total.TotalSeconds, times[StepPhase.Backward].TotalSeconds, reduction?.Total.TotalSeconds ?? 0, reduction?.Exposed.TotalSeconds ?? 0,
            processor.TotalSeconds);
        return (sample, reduction?.Bytes ?? 0);
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
