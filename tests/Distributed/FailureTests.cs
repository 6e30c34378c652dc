using System.Net;
using System.Net.Sockets;
using Lhts.Testing;
using static TorchSharp.torch;

namespace Lhts.Distributed.Tests;

/// <summary>What happens when ranks or the store are not there.</summary>
public sealed class FailureTests : TensorTest
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    [Test]
    public void AllReduce_WhenAnotherRankNeverCalls_FailsAfterTheTimeout()
    {
        var failure = Assert.Throws<DistributedException>(() => RankThreads.Run(2, group =>
        {
            using var _ = group.Rank == 0 ? group.all_reduce(zeros(3)) : null;
            if (group.Rank == 1) Assert.That(SpinWait.SpinUntil(() => false, 2 * Short), Is.False);
        }, Short));
        Assert.That(failure!.Message, Does.StartWith("all_reduce of (3) Float32 on rank 0 of 2: ").And.Contain("Timed out"));
    }

    [Test]
    public void AllReduce_WhenAnotherRankHasLeft_FailsAtOnce()
    {
        var failure = Assert.Throws<DistributedException>(() => RankThreads.Run(2, group =>
        {
            if (group.Rank == 0) group.all_reduce(zeros(3)).Dispose();
        }));
        Assert.That(failure!.Message, Does.StartWith("all_reduce of (3) Float32 on rank 0 of 2: "));
    }

    [Test]
    public void Group_WhenOneRankDoesNotCome_FailsAfterTheTimeout()
    {
        using var store = new TcpStore("127.0.0.1", port: 0, isServer: true, Short);
        var failure = Assert.Throws<DistributedException>(
            () => ProcessGroup.init_process_group(store, new GroupOptions { Rank = 0, WorldSize = 2, Timeout = Short }));
        Assert.That(failure!.Message, Does.StartWith("rank 0 of 2 could not join the others by Gloo: "));
    }

    [TestCase(-1, 2)]
    [TestCase(2, 2)]
    [TestCase(0, 0)]
    public void Group_WithARankOutsideTheWorld_IsRefused(int rank, int worldSize)
    {
        using var store = new TcpStore("127.0.0.1", port: 0, isServer: true, Short);
        Assert.Throws<ArgumentOutOfRangeException>(() => ProcessGroup.init_process_group(store, new GroupOptions { Rank = rank, WorldSize = worldSize }));
    }

    [Test]
    public void Nccl_WithoutABuildOrAGpuForIt_SaysWhichIsMissing()
    {
        if (cuda.is_available() && ProcessGroup.Has(Backend.Nccl)) Assert.Pass("nothing is missing");
        using var store = new TcpStore("127.0.0.1", port: 0, isServer: true, Short);
        var failure = Assert.Throws<DistributedException>(
            () => ProcessGroup.init_process_group(store, new GroupOptions { Rank = 0, WorldSize = 1, Backend = Backend.Nccl }));
        Assert.That(failure!.Message, Does.Contain(ProcessGroup.Has(Backend.Nccl) ? "no GPUs found" : "built without that backend"));
    }

    [Test]
    public void Store_OnATakenPort_NamesThePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var failure = Assert.Throws<DistributedException>(() => new TcpStore("127.0.0.1", port, isServer: true, Short).Dispose());
        Assert.That(failure!.Message, Does.StartWith($"the store at 127.0.0.1:{port}: "));
    }

    [Test]
    public void Store_WithoutAServer_FailsAfterTheTimeout()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Assert.Throws<DistributedException>(() => new TcpStore("127.0.0.1", port, isServer: false, Short).Dispose());
    }

    [Test]
    public void Store_OfTwoClients_SharesWhatHasTheSamePrefix()
    {
        using var server = new TcpStore("127.0.0.1", port: 0, isServer: true, Short, "a");
        using var same = new TcpStore("127.0.0.1", server.Port, isServer: false, Short, "a");
        using var other = new TcpStore("127.0.0.1", server.Port, isServer: false, Short, "b");
        server.Set("key", "värde");
        Assert.Multiple(() =>
        {
            Assert.That(same.GetText("key"), Is.EqualTo("värde"));
            Assert.That(same.Add("count", 2) + server.Add("count", 3), Is.EqualTo(7));
            Assert.That(same.Contains("key"), Is.True);
            Assert.That(other.Contains("key"), Is.False);
            Assert.Throws<DistributedException>(() => other.Get("key"));
        });
    }

    [Test]
    public void LocalAddress_TowardsLoopback_IsLoopback() => Assert.That(LocalAddress.Towards("127.0.0.1"), Is.EqualTo("127.0.0.1"));
}
