using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Distributed.Tests;

/// <summary>Each collective against its definition, for one to four ranks.</summary>
public sealed class CollectiveTests : TensorTest
{
    [TestCase(ReduceOp.SUM, ScalarType.Float32)]
    [TestCase(ReduceOp.SUM, ScalarType.Float64)]
    [TestCase(ReduceOp.SUM, ScalarType.Int64)]
    [TestCase(ReduceOp.MAX, ScalarType.Float64)]
    [TestCase(ReduceOp.MIN, ScalarType.Float32)]
    public void AllReduce_OfEveryWorldSize_GivesTheReductionToAll(ReduceOp op, ScalarType type)
    {
        foreach (var world in Enumerable.Range(1, 4))
        {
            var results = RankThreads.Run(world, group =>
            {
                var values = tensor(new[] { group.Rank + 1, 10 * (group.Rank + 1), -group.Rank }).to(type).view(3, 1);
                group.all_reduce(values, op).Dispose();
                return values.to(ScalarType.Float64).data<double>().ToArray();
            });
            var ranks = Enumerable.Range(1, world).Select(rank => (double)rank).ToArray();
            double[] expected = op switch
            {
                ReduceOp.SUM => [ranks.Sum(), 10 * ranks.Sum(), world - ranks.Sum()],
                ReduceOp.MAX => [world, 10 * world, 0],
                _ => [1, 10, 1 - world],
            };
            Assert.That(results, Is.All.EqualTo(expected), $"{world} ranks");
        }
    }

    [TestCase(ScalarType.Float32)]
    [TestCase(ScalarType.BFloat16)]
    [TestCase(ScalarType.Bool)]
    public void Broadcast_OfEveryRoot_GivesItsTensorToAll(ScalarType type)
    {
        foreach (var root in Enumerable.Range(0, 3))
        {
            var results = RankThreads.Run(3, group =>
            {
                var values = tensor(new[] { group.Rank == root ? 1 : 0, 1 }).to(type);
                group.broadcast(values, root).Dispose();
                return values.to(ScalarType.Float64).data<double>().ToArray();
            });
            Assert.That(results, Is.All.EqualTo(new[] { 1.0, 1.0 }));
        }
    }

    [TestCase(ScalarType.Float32)]
    [TestCase(ScalarType.BFloat16)]
    public void AllGather_OfFourRanks_ListsThemByRank(ScalarType type)
    {
        var results = RankThreads.Run(4, group =>
        {
            var lists = Enumerable.Range(0, 4).Select(_ => zeros(2, dtype: type)).ToArray();
            group.all_gather(lists, tensor(new[] { group.Rank, 0.5 }).to(type)).Dispose();
            return cat(lists, 0).to(ScalarType.Float64).data<double>().ToArray();
        });
        Assert.That(results, Is.All.EqualTo(new[] { 0, 0.5, 1, 0.5, 2, 0.5, 3, 0.5 }));
    }

    [Test]
    public void AllGather_WithAListOfTheWrongLength_SaysHowManyItTakes()
    {
        var failure = Assert.Throws<ArgumentException>(() => RankThreads.Run(1, group => group.all_gather([zeros(1), zeros(1)], zeros(1)).Dispose()));
        Assert.That(failure!.Message, Is.EqualTo("all_gather takes a tensor for each of 1 ranks; 2 were given."));
    }

    [Test]
    public void AllToAll_OfThreeRanks_Transposes()
    {
        var results = RankThreads.Run(3, group =>
        {
            var received = zeros(3, dtype: ScalarType.Int64);
            group.all_to_all_single(received, arange(3) + (10 * group.Rank)).Dispose();
            return received.data<long>().ToArray();
        });
        Assert.That(results, Is.EqualTo(new[] { new long[] { 0, 10, 20 }, [1, 11, 21], [2, 12, 22] }));
    }

    [Test]
    public void ReduceScatter_OfEveryWorldSize_GivesEachItsPartOfTheSum()
    {
        foreach (var world in Enumerable.Range(1, 4))
        {
            var results = RankThreads.Run(world, group =>
            {
                var part = zeros(2, dtype: ScalarType.Float64);
                group.reduce_scatter(part, arange(2 * world, dtype: ScalarType.Float64) * (group.Rank + 1));
                return part.data<double>().ToArray();
            });
            var factor = world * (world + 1) / 2;
            Assert.That(results, Is.EqualTo(Enumerable.Range(0, world).Select(rank => new double[] { 2 * rank * factor, ((2 * rank) + 1) * factor })));
        }
    }

    [Test]
    public void AsyncWork_OfSeveralCollectives_IsCompletedAfterTheWait()
    {
        RankThreads.Run(2, group =>
        {
            var tensors = Enumerable.Range(0, 8).Select(_ => ones(1000)).ToArray();
            var works = tensors.Select(values => group.all_reduce(values, async_op: true)).ToArray();
            foreach (var work in works)
            {
                work.Wait();
                Assert.That(work.IsCompleted);
                work.Dispose();
            }

            Assert.That(tensors.Select(values => values[0].item<float>()), Is.All.EqualTo(2f));
        });
    }

    [Test]
    public void Barrier_WhenOneRankIsLate_HoldsTheOthers()
    {
        var arrived = 0;
        RankThreads.Run(3, group =>
        {
            Interlocked.Increment(ref arrived);
            group.barrier();
            Assert.That(arrived, Is.EqualTo(3));
        });
    }

    [Test]
    public void AllReduce_RepeatedOnTheSameNumbers_GivesTheSameBits()
    {
        byte[] Once() => RankThreads.Run(3, group =>
        {
            using var generator = new Generator((ulong)group.Rank);
            var values = randn(10_007, generator: generator);
            group.all_reduce(values).Dispose();
            return values.bytes.ToArray();
        })[0];
        Assert.That(Once(), Is.EqualTo(Once()));
    }
}
