namespace Lhts.Launching.Agents;

/// <summary>A worker as its agent knows it.</summary>
internal sealed class WorkerState(int rank, string host, TimeSpan now)
{
    /// <summary>Its process, once it is started.</summary>
    public int? ProcessId { get; set; }

    /// <summary>Whether it has not ended yet.</summary>
    public bool IsAlive => Exit is null;

    /// <summary>How it ended.</summary>
    public WorkerExit? Exit { get; set; }

    /// <summary>Whether the agent ended it.</summary>
    public bool IsKilled { get; set; }

    /// <summary>Whether it was asked to stop.</summary>
    public bool IsTerminated { get; set; }

    /// <summary>Whether its failure was reported.</summary>
    public bool IsReported { get; set; }

    /// <summary>Whether it ever gave a sign of life.</summary>
    public bool HasBeaten { get; set; }

    /// <summary>When it last did, or was started.</summary>
    public TimeSpan LastBeat { get; set; } = now;

    /// <summary>Its name in messages.</summary>
    public string Name => ProcessId is { } id ? $"rank {rank} ({host}, process {id})" : $"rank {rank} ({host})";
}
