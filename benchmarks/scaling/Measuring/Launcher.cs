using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Lhts.Launching.Transport;

namespace Lhts.Scaling.Benchmarks.Measuring;

/// <summary>Starts the processes of a case and collects what they report, each its own.</summary>
internal static class Launcher
{
    public static IReadOnlyList<RankReport> Measure(Case measured, Workload work)
    {
        work = work with { Sequences = work.Sequences * measured.Batches };
        using var hosts = measured.IsApart ? Hosts.Make(measured.Gigabits) : null;
        var port = measured.IsApart ? Hosts.Port : FreePort.Find();
        var processes = new List<Process>();
        try
        {
            for (var rank = 0; rank < measured.Processes; rank++) processes.Add(Start(SettingsOf(measured, work, rank, port), hosts?.Prefix(rank) ?? []));
            foreach (var process in processes) Expect(process, RankProcess.Ready);
            foreach (var process in processes) process.StandardInput.WriteLine("go");
            return [.. processes.Select(process => JsonSerializer.Deserialize<RankReport>(Line(process))!)];
        }
        finally
        {
            foreach (var process in processes) End(process);
        }
    }

    private static RankSettings SettingsOf(Case measured, Workload work, int process, int port) => new()
    {
        Workload = work,
        Rank = measured.AreRanks ? process : 0,
        WorldSize = measured.AreRanks ? measured.Processes : 1,
        Threads = measured.Threads,
        Master = measured.IsApart ? Hosts.AddressOf(0) : "127.0.0.1",
        Port = port,
        Address = measured.IsApart ? Hosts.AddressOf(process) : "127.0.0.1",
        Interface = measured.IsApart ? Hosts.Interface : null,
        Distributed = measured.Distributed,
        Overlaps = measured.Overlaps,
    };

    private static Process Start(RankSettings settings, IEnumerable<string> prefix)
    {
        var self = Environment.ProcessPath!;
        string[] command = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [self, Assembly.GetExecutingAssembly().Location] : [self];
        command = [.. prefix, .. command];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        settings.Put(start.Environment);
        start.Environment["OMP_NUM_THREADS"] = $"{settings.Threads}";
        start.Environment["OPENBLAS_NUM_THREADS"] = $"{settings.Threads}";
        return Process.Start(start)!;
    }

    private static void Expect(Process process, string what)
    {
        if (Line(process) is var line && line != what) throw new InvalidOperationException($"A rank said '{line}' in place of '{what}'.");
    }

    private static string Line(Process process) =>
        process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("A rank ended before it reported; see its message above.");

    private static void End(Process process)
    {
        process.StandardInput.Close(); // a rank that is still there ends by this
        process.WaitForExit();
        process.Dispose();
    }
}
