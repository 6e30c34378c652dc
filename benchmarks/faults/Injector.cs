using System.Diagnostics;
using System.Net.Sockets;
using Lhts.Telemetry;

namespace Lhts.Faults.Benchmarks;

/// <summary>Does faults to a running cluster, one after the other, and measures how it comes back.</summary>
internal sealed class Injector(Cluster cluster, Hosts hosts, Gate gate, RunWatch watch, TimeSpan outage, Random random)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Does a fault once the run is under way, and waits until it is again.</summary>
    /// <exception cref="TimeoutException">It is not within two minutes.</exception>
    public Outcome Inject(Fault fault)
    {
        watch.WaitForSteps(2, Longest);
        if (fault.Phase == "start") Shell.Signal(Held(entry => entry.Rank == fault.Rank && entry.Phase == "data").Process, Shell.SigKill);
        var (process, rank) = Caught(entry => entry.Rank == fault.Rank && entry.Phase == fault.Phase);
        if (random.Next(2) == 0) // in the middle of the phase rather than at its beginning
        {
            Gate.Release(rank);
            Pause(TimeSpan.FromMilliseconds(random.Next(20)));
        }

        var (step, restarts) = (watch.LastStep, watch.Restarts);
        var start = Stopwatch.GetTimestamp();
        Do(fault, process);
        Gate.Release(rank);
        if (fault.Kind == FaultKind.CutLink)
        {
            Pause(outage);
            hosts.SetLink(fault.Rank, isUp: true);
        }

        if (fault.Kind == FaultKind.KillAgent) cluster.Start(fault.Rank);
        var resumed = watch.WaitForRestart(restarts, Longest);
        watch.WaitForSteps(1, Longest);
        return new Outcome(fault, step, Stopwatch.GetElapsedTime(start).TotalSeconds, Math.Max(0, step - resumed));
    }

    private void Do(Fault fault, int process)
    {
        switch (fault.Kind)
        {
            case FaultKind.KillRank: Shell.Signal(process, Shell.SigKill); break;
            case FaultKind.StopRank: Shell.Signal(process, Shell.SigStop); break;
            case FaultKind.KillAgent: cluster.Kill(fault.Rank); break;
            case FaultKind.CutLink: hosts.SetLink(fault.Rank, isUp: false); break;
            default: throw new UnreachableException();
        }
    }

    private Entry Held(Func<Entry, bool> fits) =>
        gate.Hold(fits, Longest)?.Entry ?? throw new TimeoutException("The run came to a stand: no rank entered the phase.");

    private (int Process, Socket Rank) Caught(Func<Entry, bool> fits) => gate.Hold(fits, Longest) is { } found
        ? (found.Entry.Process, found.Rank)
        : throw new TimeoutException("The run came to a stand: no rank entered the phase.");

    private static void Pause(TimeSpan time)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(time);
    }
}
