using System.Text.RegularExpressions;

namespace Lhts.Faults.Benchmarks;

/// <summary>Follows a run by its files and its ranks' phases: which step it made last, how often it was taken up again and from where.</summary>
/// <param name="run">The run's folder.</param>
/// <param name="log">What agent 0 writes.</param>
internal sealed partial class RunWatch(string run, string log)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    private readonly Lock gate = new();
    private long stepsOfThisLife;

    /// <summary>Notes a phase: the leader has made a step when it enters the next one's data.</summary>
    public void Note(Entry entry)
    {
        if (entry.Rank != 0) return;
        lock (gate)
        {
            if (entry.Phase == "start") stepsOfThisLife = 0;
            else if (entry.Phase == "data") stepsOfThisLife = entry.Step;
        }
    }

    /// <summary>The student's last step in the run's figures.</summary>
    public long LastStep => Lines(Path.Combine(run, "metrics.jsonl")).Count(line => line.Contains("\"stage\":\"student\"", StringComparison.Ordinal));

    /// <summary>How often the ranks were formed.</summary>
    public int Restarts => int.TryParse(Lines(Path.Combine(run, "starts")).FirstOrDefault(), out var starts) ? starts : 0;

    /// <summary>Waits until the student has its first checkpoint to go on from.</summary>
    public void WaitForStudent(TimeSpan longest) => Until(() => LastStep > TinyRecipe.CheckpointEvery, longest);

    /// <summary>Waits until the leader has made some steps since it was started.</summary>
    public void WaitForSteps(long count, TimeSpan longest) => Until(
        () =>
        {
            lock (gate) return stepsOfThisLife >= count;
        },
        longest);

    /// <summary>Waits until the run was taken up once more and gives the step that it went on from.</summary>
    public long WaitForRestart(int before, TimeSpan longest)
    {
        lock (gate) stepsOfThisLife = 0;
        var seen = Resumptions().Count;
        Until(() => Restarts > before && Resumptions().Count > seen, longest);
        return Resumptions()[^1];
    }

    private List<long> Resumptions() =>
        [.. Lines(log).Select(line => Resumption().Match(line)).Where(match => match.Success).Select(match => long.Parse(match.Groups[1].Value))];

    private static void Until(Func<bool> condition, TimeSpan longest)
    {
        if (!SpinWait.SpinUntil(
            () =>
            {
                if (condition()) return true;
                using var never = new ManualResetEventSlim();
                never.Wait(Poll);
                return false;
            },
            longest))
        {
            throw new TimeoutException("The run did not come back.");
        }
    }

    private static List<string> Lines(string path)
    {
        if (!File.Exists(path)) return [];
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var lines = new List<string>();
        while (reader.ReadLine() is { } line) lines.Add(line);
        return lines;
    }

    [GeneratedRegex(@"student: going on from step (\d+)")]
    private static partial Regex Resumption();
}
