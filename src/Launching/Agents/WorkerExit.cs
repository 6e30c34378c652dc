namespace Lhts.Launching.Agents;

/// <summary>How a worker ended.</summary>
/// <param name="Code">Its exit code; 128 + n where signal n ended it.</param>
/// <param name="LastErrors">The last lines of its standard error.</param>
internal sealed record WorkerExit(int Code, IReadOnlyList<string> LastErrors)
{
    /// <summary>The code of a worker that could not be started.</summary>
    public const int NotStarted = -1;

    private const int SignalBase = 128;

    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "SIGHUP", [2] = "SIGINT", [3] = "SIGQUIT", [4] = "SIGILL", [6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE", [9] = "SIGKILL",
        [11] = "SIGSEGV", [13] = "SIGPIPE", [15] = "SIGTERM", [24] = "SIGXCPU", [25] = "SIGXFSZ", [31] = "SIGSYS",
    };

    /// <summary>Whether it ended because it was asked to, with a checkpoint or before there was anything to save.</summary>
    public bool IsStop => Code is ExitCode.Stopped or SignalBase + 2 or SignalBase + 15;

    /// <summary>What happened, to follow the worker's name.</summary>
    public string Describe()
    {
        var what = Code == NotStarted ? "could not be started"
            : Code > SignalBase ? $"was ended by {Signals.GetValueOrDefault(Code - SignalBase, $"signal {Code - SignalBase}")}"
            : $"ended with exit code {Code}";
        return LastErrors.Count == 0 ? what : $"{what}: {string.Join("\n  ", LastErrors)}";
    }
}
