namespace Lhts.Launching;

/// <summary>A program that starts the processes of a run, by the names of the variables in which it tells each process its place.</summary>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Rank">The variable with the process's number among all, from 0.</param>
/// <param name="Size">The variable with the number of processes.</param>
internal sealed record Launcher(string Name, string Rank, string Size)
{
    /// <summary>torch.distributed's own variables, which are this program's too.</summary>
    public static Launcher Own { get; } = new("torch.distributed", "RANK", "WORLD_SIZE")
    {
        LocalRank = "LOCAL_RANK", LocalSize = "LOCAL_WORLD_SIZE", MasterAddress = "MASTER_ADDR", MasterPort = "MASTER_PORT",
    };

    /// <summary>Kubeflow's trainer: one process for each node, which is told how many ranks it is to start.</summary>
    public static Launcher Kubeflow { get; } = new("Kubeflow", "PET_NODE_RANK", "PET_NNODES")
    {
        MasterAddress = "PET_MASTER_ADDR", MasterPort = "PET_MASTER_PORT", NumProcesses = "PET_NPROC_PER_NODE",
    };

    /// <summary>mpirun of Open MPI.</summary>
    public static Launcher OpenMpi { get; } = new("Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")
    {
        LocalRank = "OMPI_COMM_WORLD_LOCAL_RANK", LocalSize = "OMPI_COMM_WORLD_LOCAL_SIZE",
    };

    /// <summary>mpiexec of MPICH and what follows it, and srun where it speaks PMI.</summary>
    public static Launcher Mpich { get; } = new("MPICH", "PMI_RANK", "PMI_SIZE") { LocalRank = "MPI_LOCALRANKID", LocalSize = "MPI_LOCALNRANKS" };

    /// <summary>srun of Slurm. A batch script has these variables too but for the step's; it is one process, whatever they say.</summary>
    public static Launcher Slurm { get; } = new("Slurm", "SLURM_PROCID", "SLURM_NTASKS")
    {
        LocalRank = "SLURM_LOCALID", LocalSizes = "SLURM_TASKS_PER_NODE", Node = "SLURM_NODEID", Hosts = "SLURM_JOB_NODELIST", Step = "SLURM_STEP_ID",
    };

    /// <summary>All, the one whose word counts first where several started each other before the ones that it was started by.</summary>
    public static IReadOnlyList<Launcher> All { get; } = [Own, Kubeflow, OpenMpi, Mpich, Slurm];

    /// <summary>The variable with the process's number among those of its host, or null.</summary>
    public string? LocalRank { get; init; }

    /// <summary>The variable with the number of processes of its host, or null.</summary>
    public string? LocalSize { get; init; }

    /// <summary>The variable with the numbers of processes of all hosts, as <c>4(x2),3</c>, or null.</summary>
    public string? LocalSizes { get; init; }

    /// <summary>The variable with the number of the host, from 0, or null.</summary>
    public string? Node { get; init; }

    /// <summary>The variable with the names of all hosts, as <c>a[01-04,7],b</c>, or null.</summary>
    public string? Hosts { get; init; }

    /// <summary>The variable that is set only for processes that it started as many, or null where all are.</summary>
    public string? Step { get; init; }

    /// <summary>The variable with the address of the process with number 0, or null.</summary>
    public string? MasterAddress { get; init; }

    /// <summary>The variable with the port of the process with number 0, or null.</summary>
    public string? MasterPort { get; init; }

    /// <summary>The variable with the number of ranks that a process starts, or null where it is one rank.</summary>
    public string? NumProcesses { get; init; }
}
