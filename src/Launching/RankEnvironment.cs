namespace Lhts.Launching;

/// <summary>
/// Which rank of how many this process is, as its launcher said by environment variables: an agent of ours or torchrun. A
/// process without a launcher is rank 0 of 1.
/// </summary>
public sealed record RankEnvironment
{
    /// <summary>torch.distributed's own default.</summary>
    internal const int DefaultMasterPort = 29500;

    /// <summary>Set by torchrun for its workers, to "True" where torchrun hosts the store itself.</summary>
    internal const string AgentStoreVariable = "TORCHELASTIC_USE_AGENT_STORE";

    /// <summary>Set by our agents for their workers: the agent's process.</summary>
    internal const string ParentVariable = "LHTS_PARENT";

    /// <summary>Set by our agents for their workers: which life of the run this is.</summary>
    internal const string GenerationVariable = "LHTS_GENERATION";

    /// <summary>This process among all of the run, from 0. Default 0.</summary>
    public int Rank { get; init; }

    /// <summary>Processes of the run. Default 1.</summary>
    public int WorldSize { get; init; } = 1;

    /// <summary>This process among those of its host, from 0: the GPU it uses. Default 0.</summary>
    public int LocalRank { get; init; }

    /// <summary>Processes of this host, which share its cores. Default 1.</summary>
    public int LocalWorldSize { get; init; } = 1;

    /// <summary>Host of the c10d store. Default 127.0.0.1.</summary>
    public string MasterAddress { get; init; } = "127.0.0.1";

    /// <summary>Port of the c10d store. Default 29500, torch.distributed's own.</summary>
    public int MasterPort { get; init; } = DefaultMasterPort;

    /// <summary>
    /// How often the ranks of this run were formed before: 0 at the first start, one more after each failure or change of the number of ranks.
    /// </summary>
    public int Generation { get; init; }

    /// <summary>Whether the store is hosted by the launcher (torchrun), so that rank 0 must not host it. Default false.</summary>
    public bool IsStoreHosted { get; init; }

    /// <summary>Whether there are other ranks.</summary>
    public bool IsDistributed => WorldSize > 1;

    /// <summary>Whether this process hosts the c10d store.</summary>
    public bool HostsStore => Rank == 0 && !IsStoreHosted;

    /// <summary>Whether this process sees one GPU only, by <c>CUDA_VISIBLE_DEVICES</c>. Default false.</summary>
    public bool IsGpuChosen { get; init; }

    /// <summary>Cores of this host. Default: those that this process may use.</summary>
    internal int NumCores { get; init; } = Environment.ProcessorCount;

    /// <summary>This process's share of the cores: cores / processes of this host, at least 1.</summary>
    public int Threads => Math.Max(1, NumCores / LocalWorldSize);

    /// <summary>Whether an agent of ours started this process, and watches it.</summary>
    public static bool HasAgent => Environment.GetEnvironmentVariable(ParentVariable) is { Length: > 0 };

    /// <summary>
    /// Reads this process's environment. A process without a launcher is rank 0 of 1, whatever RANK and WORLD_SIZE say: its launcher is the agent that it would
    /// become.
    /// </summary>
    /// <exception cref="LaunchException">Variables are missing or cannot be used; all of them are named.</exception>
    public static RankEnvironment Read() => Read(Environment.GetEnvironmentVariable);

    /// <summary>Reads an environment.</summary>
    /// <param name="variables">The value of a variable, or null.</param>
    /// <exception cref="LaunchException">Variables are missing or cannot be used; all of them are named.</exception>
    public static RankEnvironment Read(Func<string, string?> variables)
    {
        var reader = new EnvironmentReader(variables);
        if (reader.Text(ParentVariable) is null && reader.Text(AgentStoreVariable) is null) return new RankEnvironment();
        var environment = new RankEnvironment
        {
            Rank = reader.Number("RANK", 0) ?? 0,
            WorldSize = reader.Number("WORLD_SIZE", 1) ?? 1,
            LocalRank = reader.Number("LOCAL_RANK", 0) ?? 0,
            LocalWorldSize = reader.Number("LOCAL_WORLD_SIZE", 1) ?? 1,
            MasterAddress = reader.Text("MASTER_ADDR") ?? "127.0.0.1",
            MasterPort = reader.Number("MASTER_PORT", 1, 65535) ?? DefaultMasterPort,
            Generation = reader.Number(GenerationVariable, 0) ?? reader.Number("TORCHELASTIC_RESTART_COUNT", 0) ?? 0,
            IsGpuChosen = reader.Text("CUDA_VISIBLE_DEVICES") is { } visible && !visible.Contains(','),
            IsStoreHosted = reader.Text(AgentStoreVariable) is "True",
        };
        environment.Check(reader);
        reader.ThrowIfAny();
        return environment;
    }

    /// <summary>The device of this rank: <c>cuda</c> without an index is the GPU of its local rank where a launcher counts them.</summary>
    /// <param name="device">The device that the recipe names.</param>
    /// <remarks>A launcher that shows each rank one GPU only (<c>CUDA_VISIBLE_DEVICES</c>, as <c>srun --gpus-per-task</c> sets it) has chosen
    /// already.</remarks>
    public string DeviceOf(string device) => device == "cuda" && (IsDistributed || LocalRank > 0) ? $"cuda:{(IsGpuChosen ? 0 : LocalRank)}" : device;

    /// <summary>Threads of the CPU for one operator: the recipe's, or this rank's share; 0 (all) where this process has the host to itself.</summary>
    /// <param name="threads">The recipe's number; 0 where it leaves it open.</param>
    public int ThreadsOf(int threads) => threads > 0 ? threads : LocalWorldSize > 1 ? Threads : 0;

    private void Check(EnvironmentReader reader)
    {
        reader.Check(Rank < WorldSize, $"RANK is {Rank}, but must be below WORLD_SIZE, which is {WorldSize}.");
        reader.Check(WorldSize == 1
            || reader.Text("MASTER_ADDR") is not null, $"MASTER_ADDR is not set, but WORLD_SIZE is {WorldSize}; set it to the address of rank 0's host.");
    }
}
