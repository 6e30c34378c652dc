namespace Lhts.Launching.Processes;

/// <summary>
/// Keeps what a process last wrote to standard error, in bounded memory, and finds in it what it died of: the last message of this program or of the
/// runtime with what follows it, or else the last lines.
/// </summary>
internal sealed class LastErrors
{
    /// <summary>Lines that are given.</summary>
    public const int NumGiven = 8;

    /// <summary>Lines that are kept: a message comes before its stack trace.</summary>
    public const int NumKept = 64;

    /// <summary>Characters of a line that are kept.</summary>
    public const int MaxChars = 1000;

    private const string OwnStart = "lhts: ";

    private readonly Queue<string> lines = [];

    /// <summary>Takes a line.</summary>
    public void Add(string line)
    {
        lock (lines)
        {
            lines.Enqueue(line.Length > MaxChars ? line[..MaxChars] : line);
            if (lines.Count > NumKept) lines.Dequeue();
        }
    }

    /// <summary>What it died of, in <see cref="NumGiven"/> lines at most.</summary>
    public IReadOnlyList<string> Take()
    {
        string[] kept;
        lock (lines) kept = [.. lines];
        var start = Array.FindLastIndex(kept, IsStart);
        var given = start >= 0 ? kept.Skip(start).Take(NumGiven).ToArray() : kept.TakeLast(NumGiven).ToArray();
        if (given is [var first, ..] && first.StartsWith(OwnStart, StringComparison.Ordinal)) given[0] = first[OwnStart.Length..];
        return given;
    }

    private static bool IsStart(string line) =>
        line.StartsWith(OwnStart, StringComparison.Ordinal) || line.StartsWith("Unhandled exception", StringComparison.Ordinal);
}
