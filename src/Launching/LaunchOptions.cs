namespace Lhts.Launching;

/// <summary>What the launcher is told of a run: its name, the bounds on its ranks and how long they wait for each other.</summary>
public record LaunchOptions
{
    /// <summary>Name and hash of the recipe: agents of another run are refused.</summary>
    public required string Run { get; init; }

    /// <summary>Ranks that a process starts which nobody tells how many and which is alone; 1 is itself. Default 1.</summary>
    public int RanksUntold { get; init; } = 1;

    /// <summary>Threads of each rank; 0 for its share of the cores. Default 0.</summary>
    public int Threads { get; init; }

    /// <summary>The numbers of ranks with which the run may go on. Default: nothing, all agents must be there.</summary>
    public ElasticRange? Elastic { get; init; }

    /// <summary>Times that the ranks start again after a failure without a new checkpoint in between. Default 3.</summary>
    public int MaxRestarts { get; init; } = 3;

    /// <summary>How long a process may be silent. Default 15 s.</summary>
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether agents of several hosts may meet without a secret. Default false.</summary>
    public bool Insecure { get; init; }

    /// <summary>How long agents wait for each other. Default 600 s.</summary>
    public TimeSpan RendezvousTimeout { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>How long workers may take to save when they are told to stop, before they are ended. Default 25 s, within the 30 s of a pod.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Where <see cref="StopRequest"/> is looked for. Default: nowhere.</summary>
    public string? RunFolder { get; init; }
}

/// <summary>The numbers of ranks with which a run may go on.</summary>
public sealed record ElasticRange
{
    /// <summary>The fewest ranks.</summary>
    public required int Min { get; init; }

    /// <summary>The most ranks; more wait as a reserve.</summary>
    public required int Max { get; init; }
}
