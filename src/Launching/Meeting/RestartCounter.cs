namespace Lhts.Launching.Meeting;

/// <summary>Counts failures and keeps what they were.</summary>
internal sealed class RestartCounter(int maxRestarts)
{
    /// <summary>Restarts since the run last came further.</summary>
    public int NumRestarts { get; private set; }

    /// <summary>The first failure since then.</summary>
    public string? First { get; private set; }

    /// <summary>The failure that ended the generation; null while none did.</summary>
    public Failure? Cause { get; private set; }

    /// <summary>When it was noticed.</summary>
    public TimeSpan At { get; private set; }

    /// <summary>Whether there were more failures than restarts are allowed.</summary>
    public bool IsExceeded => NumRestarts > maxRestarts;

    /// <summary>Keeps a failure; a second one of a generation stands only where the first may follow from it.</summary>
    public void Note(Failure failure, TimeSpan now)
    {
        if (Cause is null) At = now;
        Cause = failure;
    }

    /// <summary>Counts the generation's failure, whose cause is now known.</summary>
    public void Count(int known = 0)
    {
        NumRestarts = Math.Max(NumRestarts, known) + 1;
        First ??= Cause?.Text;
    }

    /// <summary>The run has come further: what was before counts no more.</summary>
    public void Forget() => (NumRestarts, First) = (0, null);

    /// <summary>A generation works again.</summary>
    public void Recover() => Cause = null;

    /// <summary>What is said when a generation works again.</summary>
    public string Recovery(int numRanks, TimeSpan now) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"restart {NumRestarts} of {maxRestarts}: {Ranks(numRanks)} back after {(now - At).TotalSeconds:0.0} s");

    /// <summary>What is said when there were too many failures.</summary>
    public string GiveUp() => maxRestarts == 0
        ? $"{First}\nno restart is allowed (distributed.maxRestarts)"
        : $"given up after {maxRestarts} {(maxRestarts == 1 ? "restart" : "restarts")} (distributed.maxRestarts); the last failure: {Cause?.Text}\nthe first "
            + $"failure: {First}";

    /// <summary>A number of ranks in words.</summary>
    public static string Ranks(int count) => count == 1 ? "1 rank is" : $"{count} ranks are";
}
