using System.Globalization;

namespace Lhts.Faults.Benchmarks;

/// <summary>Prints what became of the faults.</summary>
internal static class Table
{
    public static void Print(IReadOnlyList<Outcome> outcomes)
    {
        Console.WriteLine("| phase | fault | number | seconds to recover: median | longest | steps redone: median | most |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|--:|");
        foreach (var group in outcomes.GroupBy(outcome => (outcome.Fault.Phase, outcome.Fault.Kind)).OrderBy(group => group.Key.Phase, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Kind))
        {
            double[] seconds = [.. group.Select(outcome => outcome.Seconds).Order()];
            long[] redone = [.. group.Select(outcome => outcome.Redone).Order()];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {group.Key.Phase} | {NameOf(group.Key.Kind)} | {seconds.Length} | {seconds[seconds.Length / 2]:0.0} | {seconds[^1]:0.0} | "
                + $"{redone[redone.Length / 2]} | {redone[^1]} |"));
        }
    }

    private static string NameOf(FaultKind kind) => kind switch
    {
        FaultKind.KillRank => "SIGKILL to the rank",
        FaultKind.StopRank => "SIGSTOP to the rank",
        FaultKind.KillAgent => "SIGKILL to the agent",
        _ => "link cut for 4 s",
    };
}
