using Lhts.Models.Gpt;
using Lhts.Scaling.Benchmarks.Model;

namespace Lhts.Distributed.Tests.Scaling;

/// <summary>What the model takes for granted about GPT-2, its buckets and clusters.</summary>
public sealed class ProjectionTests
{
    [Test]
    public void Sizes_OfNamedModels_AreThoseOfGpt2()
    {
        var millions = new[] { GptShape.Small, GptShape.Medium, GptShape.Xl }.Select(shape => Math.Round(shape.NumParameters / 1e6));
        Assert.That(millions, Is.EqualTo(new[] { 124, 355, 1558 }));
    }

    [Test]
    public void Backward_OfAModel_ReachesItsParametersFromTheLastToTheFirst()
    {
        using var model = new Gpt2(Config);
        var sizes = model.named_parameters().Select(named => named.Item2.numel()).Reverse();
        Assert.That(Shape.Backward().Select(parameter => parameter.Size), Is.EqualTo(sizes));
        var times = Shape.Backward().Select(parameter => parameter.ReadyAt).ToArray();
        Assert.That(times, Is.Ordered);
        Assert.That(times, Is.All.InRange(0, 1));
        Assert.That(times[^3], Is.EqualTo(1).Within(1e-12)); // the first block ends with all that there is to compute
    }

    [TestCase(1 << 10)]
    [TestCase(9_000)]
    [TestCase(40_000)]
    [TestCase(1 << 25)]
    public void Buckets_OfAModel_AreAsManyAsGradientBucketsMakes(int bytes)
    {
        var options = new BucketOptions { Bytes = bytes, FirstBytes = 2_000 };
        var made = RankThreads.Run(1, group =>
        {
            using var model = new Gpt2(Config);
            using var buckets = new GradientBuckets(group, [.. model.parameters()], options);
            return buckets.Count;
        });
        var plan = BucketPlan.Of(Shape, options);
        Assert.That(plan, Has.Count.EqualTo(made[0]));
        Assert.That(plan.Sum(bucket => bucket.Bytes), Is.EqualTo(4 * Shape.NumParameters));
    }

    [Test]
    public void AllReduce_OnACluster_TakesTheFasterAlgorithm()
    {
        var cluster = new H100Cluster(1024);
        Assert.That(cluster.AllReduce(256), Is.EqualTo(cluster.Tree(256)));
        Assert.That(cluster.AllReduce(1e11), Is.EqualTo(cluster.Ring(1e11)));
        Assert.That(new H100Cluster(1).AllReduce(1e9), Is.Zero);
        // Eight GPUs: 14 hops of 1.9 us, 10 us, and 1.75 times 370 MB at 370 GB/s.
        Assert.That(new H100Cluster(8).Ring(370e6), Is.EqualTo(1.75e-3 + 10e-6 + (14 * 1.9e-6)).Within(1e-12));
        // 128 nodes: 14 + 14 steps up and down.
        Assert.That(new H100Cluster(1024).Tree(0), Is.EqualTo(4.4e-6 + (14 * 1.2e-6) + (14 * 8.5e-6)).Within(1e-12));
    }

    [TestCase(8, 512, 64)]
    [TestCase(512, 512, 1)]
    [TestCase(1024, 512, 1)]
    [TestCase(24, 512, 22)]
    public void Sequences_OfAGpu_AreWhole(int gpus, int sequences, int each) => Assert.That(Projection.SequencesPerGpu(gpus, sequences), Is.EqualTo(each));

    [Test]
    public void Efficiency_OfTheRecipesBatch_FallsWithGpusAndIsOneForOne()
    {
        foreach (var projection in Projection.All)
        {
            Assert.That(projection.EfficiencyOf(1, 512), Is.EqualTo(1));
            Assert.That(new[] { 8, 64, 512, 1024 }.Select(gpus => projection.EfficiencyOf(gpus, 512)), Is.Ordered.Descending);
            Assert.That(projection.EfficiencyOf(1024, 512), Is.LessThan(0.5)); // half of them have nothing to do
        }
    }

    [Test]
    public void States_InMemory_AreSharedOutStepByStep()
    {
        var bytes = Enum.GetValues<Sharding>().Select(sharding => Memory.States(GptShape.Xl, sharding, 8) / GptShape.Xl.NumParameters);
        Assert.That(bytes, Is.EqualTo(new[] { 20, 13, 9.5, 2.5 }).Within(1e-9));
    }

    private static Gpt2Config Config => new() { NumLayers = 3, NumHeads = 2, EmbeddingSize = 16, NumPositions = 12, VocabularySize = 50 };

    private static GptShape Shape => new("", Layers: 3, Width: 16, Vocabulary: 50, Context: 12);
}
