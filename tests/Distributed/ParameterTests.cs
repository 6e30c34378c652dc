using Lhts.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Distributed.Tests;

/// <summary>Parameters that are sent, compared, and updated in shares.</summary>
public sealed class ParameterTests : TensorTest
{
    [Test]
    public void Broadcast_FromRank0_MakesTheHashesEqual()
    {
        RankThreads.Run(3, group =>
        {
            Tensor[] tensors = [ones(3, 4) * group.Rank, tensor(7L)];
            Assert.That(ParameterSync.FindDifference(group, tensors), Is.EqualTo(1));
            ParameterSync.Broadcast(group, tensors);
            Assert.That(ParameterSync.FindDifference(group, tensors), Is.Null);
            Assert.That(tensors[0].data<float>().ToArray(), Is.All.Zero);
            if (group.Rank == 2) tensors[0][0, 0] = tensor(1e-30f);
            Assert.That(ParameterSync.FindDifference(group, tensors), Is.EqualTo(2));
        });
    }

    [Test]
    public void Shards_OfEveryWorldSize_CoverEachElementOnceAndEvenly([Range(1, 5)] int worldSize)
    {
        using var model = Step.Model();
        var total = model.parameters().Sum(parameter => parameter.numel());
        var shares = RankThreads.Run(worldSize, group =>
        {
            using var shards = new ParameterShards(group, [.. model.parameters()]);
            return shards.Own.SelectMany(shard => Enumerable.Range(0, (int)shard.Slice.numel())
                .Select(i => (Parameter: model.parameters().ToList().FindIndex(p => ReferenceEquals(p, shard.Whole)), Element: shard.Offset + i))).ToArray();
        });
        Assert.That(shares.SelectMany(share => share).Distinct().Count(), Is.EqualTo(total));
        Assert.That(shares.Sum(share => share.Length), Is.EqualTo(total));
        Assert.That(shares.Max(share => share.Length), Is.EqualTo((total + worldSize - 1) / worldSize));
    }

    [Test]
    public void AdamW_OverShards_EndsWithTheBitsOfOneOverAll([Values(1, 2, 3)] int worldSize)
    {
        var expected = Trained(null);
        var found = RankThreads.Run(worldSize, group => Trained(group));
        Assert.That(found, Is.All.EqualTo(expected));
    }

    private static string Trained(ProcessGroup? group)
    {
        using var model = Step.Model();
        using var shards = group is null ? null : new ParameterShards(group, [.. model.parameters()]);
        var parameters = shards is null ? model.parameters() : shards.Own.Select(shard => shard.Slice);
        using var optimizer = optim.AdamW(parameters, lr: 1e-2, weight_decay: 0.1);
        foreach (var _ in Enumerable.Range(0, 5))
        {
            Step.Backward(model, 0, Step.NumSequences);
            shards?.TakeGradients();
            optimizer.step();
            shards?.Gather();
            foreach (var parameter in model.parameters()) parameter.grad = null;
        }

        return Step.Fingerprint(Step.Flat(model, gradients: false));
    }
}
