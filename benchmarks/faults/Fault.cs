namespace Lhts.Faults.Benchmarks;

/// <summary>What is done to a rank.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL to the rank's process.</summary>
    KillRank,

    /// <summary>SIGSTOP to the rank's process: it hangs and keeps its connections.</summary>
    StopRank,

    /// <summary>SIGKILL to the agent of the rank's host, which takes the rank along; the host starts it again, as Kubernetes would.</summary>
    KillAgent,

    /// <summary>The host's link goes down, and up again later.</summary>
    CutLink,
}

/// <summary>A fault: what, to which rank, on entering which phase.</summary>
internal sealed record Fault(FaultKind Kind, string Phase, int Rank);

/// <summary>What became of a fault.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Step">The last step that was made before it.</param>
/// <param name="Seconds">From the fault until a further step was made, the link's outage included.</param>
/// <param name="Redone">Steps made again.</param>
internal sealed record Outcome(Fault Fault, long Step, double Seconds, long Redone);

/// <summary>The faults of a campaign.</summary>
internal static class Campaign
{
    private static readonly string[] Phases = ["start", "data", "teacher", "backward", "all-reduce", "checkpoint"];

    /// <summary>Every kind in every phase to every rank: 6 * 4 * 3 faults, in an order that a seed decides.</summary>
    public static Fault[] All(int numRanks, Random random)
    {
        var faults =
            from kind in Enum.GetValues<FaultKind>() from phase in Phases from rank in Enumerable.Range(0, numRanks) select new Fault(kind, phase, rank);
        var all = faults.ToArray();
        random.Shuffle(all);
        return all;
    }
}
