namespace Lhts.Launching.Tests;

public sealed class RankEnvironmentTests
{
    private static RankEnvironment Read(params (string Name, string Value)[] variables) =>
        RankEnvironment.Read(name => variables.FirstOrDefault(variable => variable.Name == name).Value);

    [Test]
    public void Environment_WithoutLauncher_IsRankZeroOfOne()
    {
        var environment = Read(("RANK", "2"), ("WORLD_SIZE", "4"));
        Assert.That((environment.Rank, environment.WorldSize, environment.IsDistributed, environment.HostsStore), Is.EqualTo((0, 1, false, true)));
    }

    [Test]
    public void Environment_OfAnAgent_IsReadWhole()
    {
        var environment = Read(
            ("LHTS_PARENT", "12"), ("RANK", "3"), ("WORLD_SIZE", "4"), ("LOCAL_RANK", "1"), ("LOCAL_WORLD_SIZE", "2"), ("MASTER_ADDR", "host"),
            ("MASTER_PORT", "1234"), ("LHTS_GENERATION", "5"));
        Assert.That(environment, Is.EqualTo(new RankEnvironment
        {
            Rank = 3, WorldSize = 4, LocalRank = 1, LocalWorldSize = 2, MasterAddress = "host", MasterPort = 1234, Generation = 5,
        }));
        Assert.That((environment.IsDistributed, environment.HostsStore), Is.EqualTo((true, false)));
    }

    [TestCase("True", false)]
    [TestCase("False", true)]
    public void Environment_OfTorchrun_SaysWhoHostsTheStore(string agentStore, bool hosts)
    {
        var environment =
            Read(("TORCHELASTIC_USE_AGENT_STORE", agentStore), ("RANK", "0"), ("WORLD_SIZE", "2"), ("MASTER_ADDR", "a"), ("TORCHELASTIC_RESTART_COUNT", "2"));
        Assert.That((environment.HostsStore, environment.Generation), Is.EqualTo((hosts, 2)));
    }

    [Test]
    public void Errors_InVariables_AreAllNamed()
    {
        var error = Assert.Throws<LaunchException>(
            () => Read(("LHTS_PARENT", "1"), ("RANK", "7"), ("WORLD_SIZE", "4"), ("LOCAL_RANK", "x"), ("MASTER_PORT", "70000")));
        Assert.That(error!.Message, Is.EqualTo(
            """
            the ranks of this run cannot be laid out: 4 errors
              LOCAL_RANK is 'x', but must be a whole number of at least 0.
              MASTER_PORT is '70000', but must be a whole number from 1 to 65535.
              RANK is 7, but must be below WORLD_SIZE, which is 4.
              MASTER_ADDR is not set, but WORLD_SIZE is 4; set it to the address of rank 0's host.
            """));
    }

    [TestCase(8, 2, 0, 4)]
    [TestCase(2, 4, 0, 1)]
    [TestCase(8, 1, 0, 0)]
    [TestCase(8, 4, 3, 3)]
    public void Threads_OfARank_AreItsShareUnlessTheRecipeSays(int cores, int localRanks, int asked, int expected)
    {
        var environment = new RankEnvironment { NumCores = cores, LocalWorldSize = localRanks };
        Assert.That(environment.ThreadsOf(asked), Is.EqualTo(expected));
    }

    [TestCase("cuda", 4, 2, "cuda:2")]
    [TestCase("cuda:1", 4, 2, "cuda:1")]
    [TestCase("cuda", 1, 0, "cuda")]
    [TestCase("cpu", 4, 2, "cpu")]
    public void Device_WithoutIndex_IsThatOfTheLocalRank(string device, int worldSize, int localRank, string expected) =>
        Assert.That(new RankEnvironment { WorldSize = worldSize, LocalRank = localRank }.DeviceOf(device), Is.EqualTo(expected));

    [TestCase("3", "cuda:0")]
    [TestCase("GPU-5ebe9f43", "cuda:0")]
    [TestCase("0,1,2,3", "cuda:2")]
    public void Device_WhereTheLauncherShowsOne_IsThatOne(string visible, string expected)
    {
        var environment = Read(
            ("LHTS_PARENT", "12"), ("RANK", "2"), ("WORLD_SIZE", "4"), ("LOCAL_RANK", "2"), ("MASTER_ADDR", "a"), ("CUDA_VISIBLE_DEVICES", visible));
        Assert.That(environment.DeviceOf("cuda"), Is.EqualTo(expected));
    }
}
