namespace Lhts.Launching.Meeting;

/// <summary>What an agent does.</summary>
internal enum MemberState
{
    /// <summary>It has no workers and waits for a generation.</summary>
    Ready,

    /// <summary>It has workers.</summary>
    Working,

    /// <summary>Its workers have ended in order.</summary>
    Ended,
}

/// <summary>An agent as the coordinator knows it.</summary>
internal sealed class Member(int connection, Join join, TimeSpan now)
{
    /// <summary>Its connection.</summary>
    public int Connection { get; } = connection;

    /// <summary>Its latest join.</summary>
    public Join Join { get; set; } = join;

    /// <summary>When it last gave a sign of life.</summary>
    public TimeSpan LastHeard { get; set; } = now;

    /// <summary>What it does.</summary>
    public MemberState State { get; set; }

    /// <summary>Whether it takes part in the latest generation.</summary>
    public bool IsInGeneration { get; set; }

    /// <summary>Whether it takes part in no generation more.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>What it was told of its latest generation.</summary>
    public World? World { get; set; }

    /// <summary>What its workers ended with.</summary>
    public int EndedWith { get; set; }

    /// <summary>Its name in messages.</summary>
    public string Name => $"agent {Join.Agent} ({Join.Host}, process {Join.ProcessId})";
}
