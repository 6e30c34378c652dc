using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Lhts.Launching;

/// <summary>What an agent is told: the run's options, who it is, how many ranks it brings, where it meets the others.</summary>
public sealed record AgentSettings : LaunchOptions
{
    /// <summary>Settings with all defaults but the run's name.</summary>
    public AgentSettings()
    {
    }

    /// <summary>Settings with a run's options.</summary>
    /// <param name="options">The options.</param>
    [SetsRequiredMembers]
    public AgentSettings(LaunchOptions options)
        : base(options)
    {
    }

    /// <summary>This agent among all, from 0. Default 0.</summary>
    public int Agent { get; init; }

    /// <summary>Agents of the run; with <see cref="LaunchOptions.Elastic"/> at most. Default 1.</summary>
    public int NumAgents { get; init; } = 1;

    /// <summary>Ranks that this agent brings. Default 1.</summary>
    public int NumRanks { get; init; } = 1;

    /// <summary>LOCAL_RANK of this agent's first rank. Default 0.</summary>
    public int FirstLocalRank { get; init; }

    /// <summary>Ranks of this host, those of other agents included. Default 1.</summary>
    public int LocalWorldSize { get; init; } = 1;

    /// <summary>Threads of each rank, for libraries that are told by the environment. Default 1.</summary>
    public int ThreadsPerRank { get; init; } = 1;

    /// <summary>Host of agent 0. Default 127.0.0.1.</summary>
    public string MasterAddress { get; init; } = "127.0.0.1";

    /// <summary>Port at which agent 0 listens for the others. Default 29500.</summary>
    public int MasterPort { get; init; } = RankEnvironment.DefaultMasterPort;

    /// <summary>What the agents prove to each other that they know; at least 16 bytes. Default: nothing, and agents meet on the loopback only.</summary>
    public byte[]? Secret { get; init; }

    /// <summary>Whether <see cref="MasterAddress"/> is the loopback, which strangers of other hosts cannot reach.</summary>
    public bool IsMasterLocal => MasterAddress == "localhost" || (IPAddress.TryParse(MasterAddress, out var address) && IPAddress.IsLoopback(address));

    /// <summary>This host's name, for messages.</summary>
    public string Host { get; init; } = Environment.MachineName;

    /// <summary>This agent's process, for messages.</summary>
    public int ProcessId { get; init; } = Environment.ProcessId;

    /// <summary>Tells this agent's connections from those of another process that was started with the same number.</summary>
    public Guid Instance { get; init; } = Guid.NewGuid();

    /// <summary>Time between two signs of life.</summary>
    public TimeSpan BeatInterval => HeartbeatTimeout / 5;

    /// <summary>
    /// How long the workers of a generation that failed have to end by themselves, so that it is known what they die of, and how long a failure that
    /// may follow from another waits for that other: a second, or less where heartbeats are quick.
    /// </summary>
    public TimeSpan Grace => TimeSpan.FromSeconds(Math.Min(1, HeartbeatTimeout.TotalSeconds / 4));

    /// <summary>
    /// How long an elastic run waits for more agents once it has enough and none came or went. A coordinator may regard an agent as lost one beat before that
    /// agent misses the coordinator and ends its workers; this is a quarter longer, so that ranks of two generations never run beside each other.
    /// </summary>
    public TimeSpan Settle => HeartbeatTimeout / 4;
}
