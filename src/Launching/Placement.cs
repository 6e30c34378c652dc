namespace Lhts.Launching;

/// <summary>
/// Where a process stands among those that a launcher started: the one contract with all launchers of <see cref="Launcher.All"/> and with indexed Jobs.
/// </summary>
internal sealed record Placement
{
    /// <summary>Set by Kubernetes for the pods of an indexed Job, which knows no number of pods and no address.</summary>
    public const string IndexVariable = "JOB_COMPLETION_INDEX";

    private const string Loopback = "127.0.0.1";

    /// <summary>This process among all, from 0. Default 0.</summary>
    public int Rank { get; init; }

    /// <summary>Processes that are started. Default 1.</summary>
    public int WorldSize { get; init; } = 1;

    /// <summary>This process among those of its host. Default 0.</summary>
    public int LocalRank { get; init; }

    /// <summary>Processes of its host. Default 1.</summary>
    public int LocalWorldSize { get; init; } = 1;

    /// <summary>Ranks that this process is to start; null where the launcher does not say.</summary>
    public int? NumProcesses { get; init; }

    /// <summary>Address of the process with number 0. Default 127.0.0.1.</summary>
    public string MasterAddress { get; init; } = Loopback;

    /// <summary>Port of the process with number 0. Default 29500, torch.distributed's own.</summary>
    public int MasterPort { get; init; } = RankEnvironment.DefaultMasterPort;

    /// <summary>The variable that says <see cref="WorldSize"/>.</summary>
    public string SizeName { get; init; } = Launcher.Own.Size;

    /// <summary>Reads the environment; what is wrong is added to the reader's errors.</summary>
    public static Placement Read(EnvironmentReader reader)
    {
        var launchers = Present(reader);
        foreach (var launcher in launchers) CheckWhole(launcher, reader);
        var size = Agreed(reader, launchers, launcher => launcher.Size, min: 1);
        var rank = Agreed(reader, launchers, launcher => launcher.Rank, min: 0);
        if (rank is null && reader.Text(IndexVariable) is not null) rank = Indexed(reader, size);
        var placement = new Placement
        {
            Rank = rank?.Value ?? 0,
            WorldSize = size?.Value ?? 1,
            LocalRank = Agreed(reader, launchers, launcher => launcher.LocalRank, min: 0)?.Value ?? 0,
            LocalWorldSize = Agreed(reader, launchers, launcher => launcher.LocalSize, min: 1)?.Value ?? SizeOfNode(reader, launchers) ?? 1,
            NumProcesses = Agreed(reader, launchers, launcher => launcher.NumProcesses, min: 1)?.Value,
            MasterPort = Agreed(reader, [.. Launcher.All], launcher => launcher.MasterPort, min: 1, max: 65535)?.Value ?? RankEnvironment.DefaultMasterPort,
            SizeName = size?.Name ?? Launcher.Own.Size,
        };
        placement.Check(reader, rank, size);
        return placement with { MasterAddress = placement.Address(reader, launchers) };
    }

    /// <summary>
    /// The launchers that say something. Where one was started by another, the inner one's word counts: srun may have started the agents of mpirun.
    /// </summary>
    private static List<Launcher> Present(EnvironmentReader reader)
    {
        var present = Launcher.All.Where(launcher => reader.Text(launcher.Rank) is not null || reader.Text(launcher.Size) is not null).ToList();
        if (present.Exists(launcher => launcher == Launcher.OpenMpi)) present.Remove(Launcher.Mpich);
        if (present.Exists(launcher => launcher == Launcher.OpenMpi || launcher == Launcher.Mpich)) present.Remove(Launcher.Slurm);
        var script = present.Find(launcher => launcher.Step is { } step && reader.Text(step) is null);
        if (script is null) return present;
        present.Remove(script);
        var isAlone = reader.Text(script.Size) is null or "1" || present.Count > 0;
        reader.Check(
            isAlone,
            $"{script.Size} is {reader.Text(script.Size)}, but {script.Step} is not set: this process is the batch script's own; start it with srun, or "
            + $"unset {script.Size}.");
        return present;
    }

    /// <summary>A launcher that says who a process is but not of how many, or the reverse, is not the one that it looks like.</summary>
    private static void CheckWhole(Launcher launcher, EnvironmentReader reader)
    {
        var (rank, size) = (reader.Text(launcher.Rank), reader.Text(launcher.Size));
        reader.Check(size is not null, $"{launcher.Rank} is {rank}, but {launcher.Size} is not set; set both or neither ({launcher.Name}).");
        var hasOther = launcher == Launcher.Own && (Launcher.All.Any(other => reader.Text(other.Rank) is not null) || reader.Text(IndexVariable) is not null);
        var isNamed = rank is not null || hasOther || !(int.TryParse(size, out var count) && count > 1);
        reader.Check(
            isNamed,
            launcher == Launcher.Own
                ? $"{launcher.Size} is {size}, but neither {launcher.Rank} nor {IndexVariable} is set; give each process its number from 0."
                : $"{launcher.Size} is {size}, but {launcher.Rank} is not set; set both or neither ({launcher.Name}).");
    }

    /// <summary>The number that all launchers say who say one.</summary>
    private static (string Name, int Value)? Agreed(
        EnvironmentReader reader, IReadOnlyList<Launcher> launchers, Func<Launcher, string?> nameOf, int min, int max = int.MaxValue)
    {
        (string Name, int Value)? agreed = null;
        foreach (var name in launchers.Select(nameOf).OfType<string>())
        {
            if (reader.Number(name, min, max) is not { } value) continue;
            agreed ??= (name, value);
            reader.Check(agreed.Value.Value == value, $"{agreed.Value.Name} is {agreed.Value.Value}, but {name} is {value}; unset the one that is not meant.");
        }

        return agreed;
    }

    /// <summary>An indexed Job tells its pods their numbers only: without a number of pods, each would be a run of its own in the same folder.</summary>
    private static (string Name, int Value)? Indexed(EnvironmentReader reader, (string Name, int Value)? size)
    {
        reader.Check(
            size is not null,
            $"{IndexVariable} is {reader.Text(IndexVariable)}, but {Launcher.Own.Size} is not set; set it to the Job's completions, or to 1 where each pod "
            + "is a run of its own.");
        return size is { Value: > 1 } && reader.Number(IndexVariable, 0) is { } index ? (IndexVariable, index) : null;
    }

    private static int? SizeOfNode(EnvironmentReader reader, IReadOnlyList<Launcher> launchers)
    {
        if (launchers.FirstOrDefault(launcher => launcher.LocalSizes is not null) is not { } launcher || reader.Text(launcher.LocalSizes!) is not { } sizes)
        {
            return null;
        }

        var size = HostLists.At(sizes, reader.Number(launcher.Node!, 0) ?? 0);
        reader.Check(
            size is not null, $"{launcher.LocalSizes} is '{sizes}', which has no number for host {reader.Text(launcher.Node!) ?? "0"} ({launcher.Node}).");
        return size;
    }

    private void Check(EnvironmentReader reader, (string Name, int Value)? rank, (string Name, int Value)? size)
    {
        if (rank is { } mine && size is { } all)
        {
            reader.Check(mine.Value < all.Value, $"{mine.Name} is {mine.Value}, but must be below {all.Name}, which is {all.Value}.");
        }

        reader.Check(LocalRank < Math.Max(LocalWorldSize, 1)
            || LocalWorldSize == 1, $"local rank {LocalRank} of this process is not below the {LocalWorldSize} of its host.");
    }

    /// <summary>The address that is given, or the first of the hosts; processes of one host find each other on the loopback.</summary>
    private string Address(EnvironmentReader reader, IReadOnlyList<Launcher> launchers)
    {
        if (WorldSize == 1) return Loopback;
        var given = Launcher.All.Where(launcher => launcher.MasterAddress is { } name && reader.Text(name) is not null)
            .Select(launcher => (Name: launcher.MasterAddress!, Value: reader.Text(launcher.MasterAddress!)!)).ToList();
        if (given is [var address, ..])
        {
            foreach (var other in given)
            {
                reader.Check(
                    other.Value == address.Value, $"{address.Name} is {address.Value}, but {other.Name} is {other.Value}; unset the one that is not meant.");
            }

            return address.Value;
        }

        if (LocalWorldSize == WorldSize && launchers.Any(launcher => launcher != Launcher.Own)) return Loopback;
        var hosts = launchers.Select(launcher => launcher.Hosts is { } name ? reader.Text(name) : null).FirstOrDefault(text => text is not null);
        if (hosts is not null && HostLists.First(hosts) is { } first) return first;
        reader.Check(false, $"MASTER_ADDR is not set, but {SizeName} is {WorldSize}; set it to the address of the process with number 0.");
        return Loopback;
    }
}
