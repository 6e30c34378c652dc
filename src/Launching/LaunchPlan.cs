namespace Lhts.Launching;

/// <summary>
/// Decides what a process that was started with <c>lhts train</c> is. A rank by itself: with no launcher, under torchrun (which restarts ranks itself),
/// or started by an agent. Otherwise an agent: it trains nothing, starts its ranks as processes of their own and meets the other agents, of which its
/// launcher's variables (<see cref="Placement"/>) say the number and how many there are.
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

        var placement = Placement.Read(reader);
        var numRanks = NumRanks(numProcesses, placement, reader) ?? OwnChoice(options, placement);
        var isAgent = numRanks is not null || placement.WorldSize > 1 || options.Elastic is not null;
        var settings = Settings(options, numRanks ?? 1, placement) with { Secret = Secret.Read(reader) };
        Check(settings, placement, reader);
        reader.ThrowIfAny();
        return isAgent ? settings : null;
    }

    /// <summary>Ranks that this process starts, by --nproc or by its launcher's word; null where neither says.</summary>
    private static int? NumRanks(int? numProcesses, Placement placement, EnvironmentReader reader)
    {
        reader.Check(numProcesses is null or >= 1, $"--nproc is {numProcesses}, but must be at least 1.");
        var agrees = numProcesses is null || placement.NumProcesses is null || numProcesses == placement.NumProcesses;
        reader.Check(agrees, $"--nproc is {numProcesses}, but {Launcher.Kubeflow.NumProcesses} is {placement.NumProcesses}; leave --nproc out.");
        return numProcesses ?? placement.NumProcesses;
    }

    /// <summary>Ranks that the run asks for where nobody else says anything; null for this process alone.</summary>
    private static int? OwnChoice(LaunchOptions options, Placement placement) =>
        placement.WorldSize == 1 && options.RanksUntold > 1 ? options.RanksUntold : null;

    private static AgentSettings Settings(LaunchOptions options, int numRanks, Placement placement)
    {
        var localWorldSize = placement.LocalWorldSize * Math.Max(1, numRanks);
        return new AgentSettings(options)
        {
            Agent = placement.Rank,
            NumAgents = placement.WorldSize,
            NumRanks = numRanks,
            FirstLocalRank = placement.LocalRank * numRanks,
            LocalWorldSize = localWorldSize,
            ThreadsPerRank = options.Threads > 0 ? options.Threads : Math.Max(1, Environment.ProcessorCount / localWorldSize),
            MasterAddress = placement.MasterAddress,
            MasterPort = placement.MasterPort,
        };
    }

    private static void Check(AgentSettings settings, Placement placement, EnvironmentReader reader)
    {
        reader.Check(
            settings.NumAgents == 1 || settings.IsMasterLocal || settings.Secret is not null || settings.Insecure,
            $"MASTER_ADDR is {settings.MasterAddress}, but no secret is given, without which only processes of one host may meet; set {Secret.FileVariable} "
            + $"(or {Secret.Variable}) to the same for all, or give --insecure where nobody else can reach the port.");
        if (settings.Elastic is not { } elastic) return;
        reader.Check(
            settings.NumRanks <= elastic.Max, $"this process brings {settings.NumRanks} ranks (--nproc), but distributed.elastic.max is {elastic.Max}.");
        var brings = $"this process brings {settings.NumRanks} {(settings.NumRanks == 1 ? "rank" : "ranks")} and is alone ({placement.SizeName})";
        reader.Check(
            settings.NumAgents > 1 || settings.NumRanks >= elastic.Min,
            $"{brings}, but distributed.elastic.min is {elastic.Min}; give --nproc {elastic.Min} or start more.");
    }
}
