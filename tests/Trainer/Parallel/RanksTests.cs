using Lhts.Distributed;
using Lhts.Testing;
using Lhts.Trainer.Checkpoints;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Tests.Checkpoints;
using static TorchSharp.torch;

namespace Lhts.Trainer.Tests.Parallel;

/// <summary>What ranks share.</summary>
public sealed class RanksTests : TensorTest
{
    [TestCase(1)]
    [TestCase(3)]
    public void LeaderOnly_RunsOnceAndIsDoneBeforeTheOthersGoOn(int worldSize)
    {
        var runs = 0;
        var seen = RankThreads.Run(worldSize, ranks =>
        {
            ranks.LeaderOnly(() => Interlocked.Increment(ref runs), CancellationToken.None);
            return runs;
        });
        Assert.That(seen, Is.All.EqualTo(1));
    }

    [Test]
    public void LeaderFirst_RunsOnEveryRankTheLeaderBeforeAll()
    {
        var order = new System.Collections.Concurrent.ConcurrentQueue<int>();
        RankThreads.Run(3, ranks => ranks.LeaderFirst(
            () =>
            {
                order.Enqueue(ranks.Rank);
                return ranks.Rank;
            },
            CancellationToken.None));
        Assert.That(order.First(), Is.Zero);
        Assert.That(order, Is.EquivalentTo(new[] { 0, 1, 2 }));
    }

    [Test]
    public void FromLeader_GivesItsTextToAll()
    {
        var texts = RankThreads.Run(
            3, ranks => ranks.FromLeader(() => $"of {ranks.Rank}", CancellationToken.None) + ranks.FromLeader(() => "", CancellationToken.None));
        Assert.That(texts, Is.All.EqualTo("of 0"));
    }

    [Test]
    public void Rank_WaitingForTheLeader_SaysAgainAndAgainThatItIs()
    {
        using var waited = new CountdownEvent(3);
        var said = RankThreads.Run(2, ranks =>
        {
            var count = 0;
            ranks.Waiting = () =>
            {
                count++;
                if (!waited.IsSet) waited.Signal();
            };
            ranks.LeaderOnly(() => waited.Wait(TimeSpan.FromSeconds(30)), CancellationToken.None);
            return count;
        });
        Assert.That(said[0], Is.Zero);
        Assert.That(said[1], Is.GreaterThanOrEqualTo(3));
    }

    [Test]
    public void Leader_WaitedForTooLong_IsGivenUpAndItsWorkNamed()
    {
        using var given = new ManualResetEventSlim();
        var messages = RankThreads.Run(2, ranks =>
        {
            ranks.LeaderTimeout = TimeSpan.FromSeconds(0.2);
            try
            {
                ranks.LeaderOnly(() => given.Wait(TimeSpan.FromSeconds(30)), CancellationToken.None, "the data");
                return "";
            }
            catch (DistributedException failure)
            {
                given.Set();
                return failure.Message;
            }
        });
        Assert.That(messages,
            Is.EqualTo(new[] { "", "rank 1 waited 0.2 s for rank 0 and the data (distributed.leaderTimeout); look at rank 0, or allow more time." }));
    }

    [Test]
    public void LeaderOnly_WhenAStopIsAskedFor_LetsTheOthersGo()
    {
        using var stop = new CancellationTokenSource();
        using var left = new ManualResetEventSlim();
        RankThreads.Run(2, ranks =>
        {
            if (ranks.IsLeader)
            {
                ranks.LeaderOnly(() => stop.Cancel(), CancellationToken.None);
                return left.Wait(TimeSpan.FromSeconds(30));
            }

            // The leader's word may be there first, or the stop.
            try
            {
                ranks.LeaderOnly(() => Assert.Fail("only the leader works"), stop.Token);
            }
            catch (OperationCanceledException)
            {
            }

            left.Set();
            return true;
        });
        Assert.That(left.IsSet);
    }

    [Test]
    public void Sums_OfNumbersAndTensors_AreThoseOfAllRanks()
    {
        RankThreads.Run(3, ranks =>
        {
            Tensor[] tensors = [ones(2, 2, dtype: ScalarType.Float64) * ranks.Rank, tensor(1.0)];
            ranks.Sum(tensors);
            Assert.That(tensors[0].data<double>().ToArray(), Is.All.EqualTo(3));
            Assert.That(tensors[1].item<double>(), Is.EqualTo(3));
            Tensor[] largest = [tensor(new[] { double.NegativeInfinity, ranks.Rank })];
            ranks.Max(largest);
            Assert.That(largest[0].data<double>().ToArray(), Is.EqualTo(new[] { double.NegativeInfinity, 2 }));
            Assert.That(ranks.Sum(ranks.Rank, 1), Is.EqualTo(new[] { 3.0, 3.0 }));
            return true;
        });
    }

    [Test]
    public void RequireEqual_WhenOneRankDiffers_NamesIt()
    {
        RankThreads.Run(3, ranks =>
        {
            ranks.RequireEqual([ones(3)], "The weights");
            var failure = Assert.Throws<InvalidOperationException>(() => ranks.RequireEqual([ones(3) * (ranks.Rank == 1 ? 2 : 1)], "The weights"));
            Assert.That(failure!.Message, Does.StartWith("The weights of rank 1 are not those of rank 0."));
            return true;
        });
    }

    [Test]
    public void Checkpoint_OfThreeRanks_HoldsTheFilesOfAllAndIsCompleteOnEach()
    {
        var folder = Directory.CreateTempSubdirectory("lhts-").FullName;
        var store = new CheckpointStore(folder, keep: 1);
        var bytes = RankThreads.Run(3, ranks =>
        {
            var written = store.Save(
                7,
                path =>
                {
                    if (ranks.IsLeader) File.WriteAllText(Path.Combine(path, "model"), "abc");
                    File.WriteAllText(Path.Combine(path, $"share-{ranks.Rank}"), "d");
                },
                ranks);
            ranks.Barrier(); // the leader's is complete
            Assert.That(Directory.GetFiles(store.FindNewest(Assert.Fail)!).Select(Path.GetFileName),
                Is.EquivalentTo(new[] { "manifest.json", "model", "share-0", "share-1", "share-2" }));
            return written;
        });
        Assert.That(bytes, Is.EqualTo(new long[] { 6, 0, 0 }));
        Directory.Delete(folder, recursive: true);
    }
}
