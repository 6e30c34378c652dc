namespace Lhts.Launching;

/// <summary>
/// Decides what a process that was started with <c>lhts train</c> is. A rank by itself: with no launcher, under torchrun (which restarts ranks itself),
/// or started by an agent. Otherwise an agent: it trains nothing, starts its ranks as processes of their own and meets the other agents, of which RANK
/// and WORLD_SIZE say the number and how many there are.
/// </summary>
public static class LaunchPlan
{
    /// <summary>Reads arguments and environment.</summary>
    /// <param name="options">The run.</param>
    /// <param name="numProcesses">--nproc, or null.</param>
    /// <param name="variables">The value of a variable, or null.</param>
    /// <returns>What the agent is told; null where this process is a rank.</returns>
    /// <exception cref="LaunchException">They cannot be used; everything that is wrong is named.</exception>
    public static AgentSettings? Read(LaunchOptions options, int? numProcesses, Func<string, string?> variables)
    {
        var reader = new EnvironmentReader(variables);
        if (reader.Text(RankEnvironment.ParentVariable) is not null) return null;
        if (reader.Text(RankEnvironment.AgentStoreVariable) is not null)
        {
            reader.Check(numProcesses is null, "--nproc is given, but torchrun starts the ranks already (TORCHELASTIC_USE_AGENT_STORE is set); leave it out.");
            reader.ThrowIfAny();
            return null;
        }

        var numAgents = reader.Number("WORLD_SIZE", 1);
        var isAgent = numProcesses is not null || numAgents > 1 || options.Elastic is not null;
        var settings = Settings(options, numProcesses ?? 1, numAgents ?? 1, reader);
        Check(settings, numAgents is not null, numProcesses, reader);
        reader.ThrowIfAny();
        return isAgent ? settings : null;
    }

    private static AgentSettings Settings(LaunchOptions options, int numRanks, int numAgents, EnvironmentReader reader)
    {
        var localWorldSize = (reader.Number("LOCAL_WORLD_SIZE", 1) ?? 1) * Math.Max(1, numRanks);
        var number = reader.Text("RANK") is not null ? reader.Number("RANK", 0) : numAgents > 1 ? reader.Number("JOB_COMPLETION_INDEX", 0) : 0;
        return new AgentSettings(options)
        {
            Agent = number ?? 0,
            NumAgents = numAgents,
            NumRanks = numRanks,
            FirstLocalRank = (reader.Number("LOCAL_RANK", 0) ?? 0) * numRanks,
            LocalWorldSize = localWorldSize,
            ThreadsPerRank = options.Threads > 0 ? options.Threads : Math.Max(1, Environment.ProcessorCount / localWorldSize),
            MasterAddress = (numAgents > 1 ? reader.Text("MASTER_ADDR") : null) ?? "127.0.0.1",
            MasterPort = reader.Number("MASTER_PORT", 1, 65535) ?? RankEnvironment.DefaultMasterPort,
        };
    }

    private static void Check(AgentSettings settings, bool isCounted, int? numProcesses, EnvironmentReader reader)
    {
        reader.Check(settings.NumRanks >= 1, $"--nproc is {numProcesses}, but must be at least 1.");
        var size = isCounted ? $"WORLD_SIZE, which is {settings.NumAgents}" : "WORLD_SIZE, which is not set and then 1";
        reader.Check(settings.Agent < settings.NumAgents, $"{(reader.Text("RANK") is null ? "JOB_COMPLETION_INDEX" : "RANK")} is {settings.Agent}, but must be below {size}.");
        if (settings.NumAgents > 1)
        {
            reader.Check(
                reader.Text("RANK") is not null || reader.Text("JOB_COMPLETION_INDEX") is not null,
                $"WORLD_SIZE is {settings.NumAgents}, but neither RANK nor JOB_COMPLETION_INDEX is set; give each process its number from 0.");
            reader.Check(reader.Text("MASTER_ADDR") is not null, $"MASTER_ADDR is not set, but WORLD_SIZE is {settings.NumAgents}; set it to the address of the process with RANK 0.");
        }

        if (settings.Elastic is not { } elastic) return;
        reader.Check(settings.NumRanks <= elastic.Max, $"this process brings {settings.NumRanks} ranks (--nproc), but distributed.elastic.max is {elastic.Max}.");
        reader.Check(
            settings.NumAgents > 1 || settings.NumRanks >= elastic.Min,
            $"this process brings {settings.NumRanks} {(settings.NumRanks == 1 ? "rank" : "ranks")} and is alone (WORLD_SIZE), but distributed.elastic.min is {elastic.Min}; give --nproc {elastic.Min} or start more.");
    }
}
