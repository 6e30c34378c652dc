using System.Text.Json.Serialization;

namespace Lhts.Launching.Meeting;

/// <summary>What agents and the coordinator tell each other, one JSON object a line.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Join), "join")]
[JsonDerivedType(typeof(World), "world")]
[JsonDerivedType(typeof(Beat), "beat")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(Progressed), "progressed")]
[JsonDerivedType(typeof(Regroup), "regroup")]
[JsonDerivedType(typeof(Notice), "notice")]
[JsonDerivedType(typeof(Stop), "stop")]
[JsonDerivedType(typeof(Leaving), "leaving")]
[JsonDerivedType(typeof(Ended), "ended")]
[JsonDerivedType(typeof(Abort), "abort")]
internal abstract record Message;

/// <summary>Agent: I have no worker that lives, and am ready for a generation.</summary>
internal sealed record Join : Message
{
    /// <summary>Name and hash of the recipe.</summary>
    public required string Run { get; init; }

    /// <summary>Tells this process from another of the same number.</summary>
    public required Guid Instance { get; init; }

    /// <summary>The agent's number.</summary>
    public required int Agent { get; init; }

    /// <summary>Agents that it expects.</summary>
    public required int NumAgents { get; init; }

    /// <summary>Ranks that it brings.</summary>
    public required int NumRanks { get; init; }

    /// <summary>Its host, for messages.</summary>
    public required string Host { get; init; }

    /// <summary>Its process, for messages.</summary>
    public required int ProcessId { get; init; }

    /// <summary>A port of its host that is free, for the c10d store; asked of agent 0 only.</summary>
    public required int StorePort { get; init; }

    /// <summary>The least generation that it would take part in: one above its last.</summary>
    public required int Generation { get; init; }

    /// <summary>Restarts that it knows of.</summary>
    public required int Restarts { get; init; }
}

/// <summary>Coordinator: start your workers.</summary>
/// <param name="Generation">The generation's number.</param>
/// <param name="Offset">The global rank of the agent's first rank.</param>
/// <param name="WorldSize">Ranks of the generation.</param>
/// <param name="StoreAddress">Host of the c10d store.</param>
/// <param name="StorePort">Port of the c10d store.</param>
/// <param name="Restarts">Restarts so far.</param>
internal sealed record World(int Generation, int Offset, int WorldSize, string StoreAddress, int StorePort, int Restarts) : Message;

/// <summary>Either: I am alive.</summary>
internal sealed record Beat : Message;

/// <summary>Agent: one of my workers failed.</summary>
/// <param name="Generation">The worker's generation.</param>
/// <param name="ExitCode">Its exit code; 128 + n where signal n ended it.</param>
/// <param name="Text">Which rank it was, where, and what happened.</param>
internal sealed record Failed(int Generation, int ExitCode, string Text) : Message;

/// <summary>Agent: a worker of a generation has come further than ever. Coordinator: restarts count from 0 again.</summary>
internal sealed record Progressed(int Generation) : Message;

/// <summary>Coordinator: end your workers and join again.</summary>
/// <param name="Generation">The generation that ends.</param>
/// <param name="Save">Whether the workers are to save a checkpoint first.</param>
internal sealed record Regroup(int Generation, bool Save) : Message;

/// <summary>Coordinator: show this.</summary>
internal sealed record Notice(string Text) : Message;

/// <summary>Agent: I was told to stop, or a worker of a generation was. Coordinator: all stop now and save a checkpoint.</summary>
/// <param name="Generation">The worker's generation; -1 where it was the agent.</param>
internal sealed record Stop(int Generation = -1) : Message;

/// <summary>Agent: I was told to end; the others may go on without me.</summary>
internal sealed record Leaving : Message;

/// <summary>Agent: my workers of a generation ended with this code. Coordinator: the run has ended with this code; leave.</summary>
internal sealed record Ended(int Code, int Generation = -1) : Message;

/// <summary>Coordinator: the run is over, or none of yours.</summary>
internal sealed record Abort(int Code, string Reason) : Message;
