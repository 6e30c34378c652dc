using System.Text.RegularExpressions;
using Lhts.Testing;

namespace Lhts.Launching.Tests;

/// <summary>What each launcher says by its variables, and what is refused.</summary>
public sealed class PlacementTests
{
    private static Placement Read(string variables)
    {
        var reader = Reader(variables);
        var placement = Placement.Read(reader);
        reader.ThrowIfAny();
        return placement;
    }

    private static EnvironmentReader Reader(string variables)
    {
        var pairs = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return new EnvironmentReader(pairs.GetValueOrDefault);
    }

    private static string Errors(string variables) => string.Join(" | ", Assert.Throws<LaunchException>(() => Read(variables))!.Errors);

    [TestCase("", "0/1 0/1 127.0.0.1:29500", TestName = "Nobody")]
    [TestCase("WORLD_SIZE=1", "0/1 0/1 127.0.0.1:29500", TestName = "Own, alone")]
    [TestCase("RANK=2 WORLD_SIZE=4 LOCAL_RANK=1 LOCAL_WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=7", "2/4 1/2 a:7", TestName = "Own")]
    [TestCase("WORLD_SIZE=3 JOB_COMPLETION_INDEX=1 MASTER_ADDR=job-0.job", "1/3 0/1 job-0.job:29500", TestName = "Indexed Job")]
    [TestCase("WORLD_SIZE=1 JOB_COMPLETION_INDEX=5", "0/1 0/1 127.0.0.1:29500", TestName = "Indexed Job of runs by themselves")]
    [TestCase("WORLD_SIZE=3 RANK=2 JOB_COMPLETION_INDEX=0 MASTER_ADDR=a", "2/3 0/1 a:29500", TestName = "JobSet, whose jobs count their pods each for itself")]
    [TestCase("PET_NNODES=2 PET_NODE_RANK=1 PET_NPROC_PER_NODE=8 PET_MASTER_ADDR=t-node-0-0.t PET_MASTER_PORT=29400", "1/2 0/1 t-node-0-0.t:29400 x8",
        TestName = "Kubeflow")]
    [TestCase("PET_NNODES=1 PET_NODE_RANK=0 PET_NPROC_PER_NODE=4", "0/1 0/1 127.0.0.1:29500 x4", TestName = "Kubeflow, one node")]
    [TestCase(
        "SLURM_STEP_ID=0 SLURM_PROCID=5 SLURM_NTASKS=8 SLURM_LOCALID=1 SLURM_NODEID=2 SLURM_TASKS_PER_NODE=2(x2),4 SLURM_JOB_NODELIST=gpu-[07-09]-ib",
        "5/8 1/4 gpu-07-ib:29500",
        TestName = "Slurm")]
    [TestCase("SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=2 SLURM_JOB_NODELIST=a,b MASTER_ADDR=c MASTER_PORT=9", "0/2 0/1 c:9",
        TestName = "Slurm, with an address")]
    [TestCase("SLURM_PROCID=0 SLURM_NTASKS=1 SLURM_LOCALID=0 SLURM_TASKS_PER_NODE=1", "0/1 0/1 127.0.0.1:29500", TestName = "Slurm, batch script")]
    [TestCase("SLURM_PROCID=0 SLURM_NTASKS=8 RANK=1 WORLD_SIZE=2 MASTER_ADDR=a", "1/2 0/1 a:29500", TestName = "Slurm, batch script that starts ranks itself")]
    [TestCase(
        "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2", "1/2 1/2 127.0.0.1:29500",
        TestName = "Open MPI")]
    [TestCase(
        "OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2 MASTER_ADDR=a SLURM_STEP_ID=0 "
        + "SLURM_PROCID=0 SLURM_NTASKS=1",
        "3/4 1/2 a:29500",
        TestName = "Open MPI, whose agents Slurm started")]
    [TestCase("PMI_RANK=1 PMI_SIZE=2 MPI_LOCALRANKID=0 MPI_LOCALNRANKS=1 MASTER_ADDR=a", "1/2 0/1 a:29500", TestName = "MPICH")]
    public void Place_SaidByALauncher_IsRead(string variables, string expected)
    {
        var placement = Read(variables);
        var processes = placement.NumProcesses is { } count ? $" x{count}" : "";
        var read = $"{placement.Rank}/{placement.WorldSize} {placement.LocalRank}/{placement.LocalWorldSize} "
            + $"{placement.MasterAddress}:{placement.MasterPort}{processes}";
        Assert.That(read, Is.EqualTo(expected));
    }

    [TestCase("JOB_COMPLETION_INDEX=0",
        "JOB_COMPLETION_INDEX is 0, but WORLD_SIZE is not set; set it to the Job's completions, or to 1 where each pod is a run of its own.")]
    [TestCase("RANK=1", "RANK is 1, but WORLD_SIZE is not set; set both or neither (torch.distributed).")]
    [TestCase("WORLD_SIZE=2 MASTER_ADDR=a", "WORLD_SIZE is 2, but neither RANK nor JOB_COMPLETION_INDEX is set; give each process its number from 0.")]
    [TestCase("WORLD_SIZE=2 RANK=0", "MASTER_ADDR is not set, but WORLD_SIZE is 2; set it to the address of the process with number 0.")]
    [TestCase("PET_NODE_RANK=1", "PET_NODE_RANK is 1, but PET_NNODES is not set; set both or neither (Kubeflow).")]
    [TestCase("PET_NNODES=1:4 PET_NODE_RANK=0", "PET_NNODES is '1:4', but must be a whole number of at least 1.")]
    [TestCase("OMPI_COMM_WORLD_SIZE=2 MASTER_ADDR=a", "OMPI_COMM_WORLD_SIZE is 2, but OMPI_COMM_WORLD_RANK is not set; set both or neither (Open MPI).")]
    [TestCase("PMI_RANK=2 PMI_SIZE=2 MASTER_ADDR=a", "PMI_RANK is 2, but must be below PMI_SIZE, which is 2.")]
    [TestCase(
        "SLURM_PROCID=0 SLURM_NTASKS=4",
        "SLURM_NTASKS is 4, but SLURM_STEP_ID is not set: this process is the batch script's own; start it with srun, or unset SLURM_NTASKS.")]
    [TestCase(
        "SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=2 SLURM_NODEID=1 SLURM_TASKS_PER_NODE=2 MASTER_ADDR=a",
        "SLURM_TASKS_PER_NODE is '2', which has no number for host 1 (SLURM_NODEID).")]
    [TestCase("RANK=1 WORLD_SIZE=2 PET_NNODES=4 PET_NODE_RANK=1 MASTER_ADDR=a", "WORLD_SIZE is 2, but PET_NNODES is 4; unset the one that is not meant.")]
    [TestCase(
        "WORLD_SIZE=2 RANK=0 SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=2 MASTER_ADDR=a",
        "RANK is 0, but SLURM_PROCID is 1; unset the one that is not meant.")]
    [TestCase(
        "PET_NNODES=2 PET_NODE_RANK=1 PET_MASTER_ADDR=a MASTER_ADDR=b", "MASTER_ADDR is b, but PET_MASTER_ADDR is a; unset the one that is not meant.")]
    public void Variables_ThatAreHalfSetOrContradict_AreRefusedAndNamed(string variables, string expected) =>
        Assert.That(Errors(variables), Is.EqualTo(expected));

    [Test]
    public void Variables_OfEveryLauncher_AreOnThePage()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "distributed.md"));
        var table = page.Split("<!-- table: launchers -->")[1].Split("<!-- end -->")[0];
        var documented = Regex.Matches(table, "`([A-Z_]+)`").Select(match => match.Groups[1].Value).Distinct();
        string?[] Names(Launcher launcher) =>
        [
            launcher.Rank, launcher.Size, launcher.LocalRank, launcher.LocalSize, launcher.LocalSizes, launcher.Node, launcher.Hosts, launcher.Step,
            launcher.MasterAddress, launcher.MasterPort, launcher.NumProcesses,
        ];
        Assert.That(documented, Is.EquivalentTo(Launcher.All.SelectMany(Names).OfType<string>().Append(Placement.IndexVariable)));
    }

    [TestCase("node7", "node7")]
    [TestCase("a,b[1-3]", "a")]
    [TestCase("n[01-04,07]-ib,x", "n01-ib")]
    [TestCase("n[3]", "n3")]
    [TestCase("n[", null)]
    public void Host_ThatIsFirst_IsFound(string list, string? expected) => Assert.That(HostLists.First(list), Is.EqualTo(expected));

    [TestCase("4", 0, 4)]
    [TestCase("4(x2),3", 1, 4)]
    [TestCase("4(x2),3", 2, 3)]
    [TestCase("4(x2),3", 3, null)]
    [TestCase("four", 0, null)]
    public void Number_OfAHost_IsFound(string list, int host, int? expected) => Assert.That(HostLists.At(list, host), Is.EqualTo(expected));
}
