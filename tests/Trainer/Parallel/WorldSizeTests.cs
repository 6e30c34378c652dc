using Lhts.Objectives;
using Lhts.Testing;
using Lhts.Trainer.Conditioning;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Sources;
using Lhts.Trainer.Tests.Training;
using TorchSharp;

namespace Lhts.Trainer.Tests.Parallel;

/// <summary>Ten steps end with the weights of one process, whatever the number of ranks, the objective, the source and who keeps the optimizer.</summary>
public sealed class WorldSizeTests : TensorTest
{
    private const int NumSteps = 10;

    private TinyTraining tiny = null!;

    [OneTimeSetUp]
    public void Prepare() => tiny = new TinyTraining();

    [OneTimeTearDown]
    public void Remove() => tiny.Dispose();

    private static IEnumerable<TestCaseData> Recipes()
    {
        var range = new StudentRecipe { Temperatures = Temperatures.Between(0.5, 1.1) };
        yield return new TestCaseData(range).SetArgDisplayNames("lhts");
        yield return new TestCaseData(range with { Objective = new LhtsRecipe { Baseline = BaselineKind.Learned, Tail = TailKind.Bootstrap } })
            .SetArgDisplayNames("learned");
        yield return new TestCaseData(range with { GradientCheckpointing = true }).SetArgDisplayNames("checkpointing");
        yield return new TestCaseData(range with { GradientCheckpointing = true, Conditioning = new LayerNormsRecipe() })
            .SetArgDisplayNames("layer norms, checkpointing");
        foreach (var kind in ObjectiveKinds.All.Kinds.Keys.Where(kind => kind != "lhts"))
        {
            yield return new TestCaseData(new StudentRecipe { Objective = TinyTraining.ObjectiveOf(kind) }).SetArgDisplayNames(kind);
        }

        yield return new TestCaseData(range with { Source = new MixRecipe { Batch = 2 } }).SetArgDisplayNames("mix");
        yield return new TestCaseData(range with { Source = new TeacherSourceRecipe { Batch = 2 } }).SetArgDisplayNames("teacher");
        var controlled = new LhtsRecipe { Baseline = BaselineKind.Learned, Tail = TailKind.Bootstrap, Horizon = 1 };
        yield return new TestCaseData(range with { Objective = controlled, Source = new TeacherSourceRecipe { Batch = 2 } }).SetArgDisplayNames("control");
    }

    [TestCaseSource(nameof(Recipes))]
    public void TenSteps_OnTwoToFourRanks_EndAsOneProcess(StudentRecipe recipe)
    {
        var expected = Trained(recipe, worldSize: 1, new DistributedRecipe());
        var size = expected.Values.Max(weights => weights.Max(Math.Abs));
        foreach (var worldSize in new[] { 2, 3, 4 })
        {
            var found = Trained(recipe, worldSize, new DistributedRecipe { BucketMegabytes = 0.002 });
            Assert.That(Difference(expected, found), Is.LessThan(1e-5 * size), $"{worldSize} ranks");
        }
    }

    [Test]
    public void TenSteps_WithMoreRanksThanSequences_EndAsOneProcess()
    {
        var recipe = new StudentRecipe { Temperatures = Temperatures.Between(0.5, 1.1) };
        var expected = Trained(recipe, worldSize: 1, new DistributedRecipe());
        Assert.That(Difference(expected, Trained(recipe, TinyTraining.SequencesPerStep + 1, new DistributedRecipe())), Is.LessThan(1e-5));
    }

    [TestCase(2)]
    [TestCase(3)]
    public void TenSteps_Repeated_EndWithTheSameBits(int worldSize)
    {
        var recipe = new StudentRecipe { Temperatures = Temperatures.Between(0.5, 1.1) };
        var once = Trained(recipe, worldSize, new DistributedRecipe());
        Assert.That(Difference(once, Trained(recipe, worldSize, new DistributedRecipe())), Is.Zero);
    }

    [TestCase(2)]
    [TestCase(3)]
    public void TenSteps_WithTheOptimizerShared_EndWithTheSameBits(int worldSize)
    {
        var recipe = new StudentRecipe { Temperatures = Temperatures.Between(0.5, 1.1), Objective = new LhtsRecipe { Baseline = BaselineKind.Learned } };
        var whole = Trained(recipe, worldSize, new DistributedRecipe());
        Assert.That(Difference(whole, Trained(recipe, worldSize, new DistributedRecipe { ShardOptimizer = true })), Is.Zero);
    }

    [Test]
    public void TenSteps_WithGradientsInBfloat16_EndNearby()
    {
        var recipe = new StudentRecipe { Temperatures = Temperatures.Between(0.5, 1.1) };
        var exact = Trained(recipe, 2, new DistributedRecipe());
        var rounded = Difference(exact, Trained(recipe, 2, new DistributedRecipe { Compression = GradientCompression.Bfloat16 }));
        Assert.That(rounded, Is.GreaterThan(0).And.LessThan(0.05));
    }

    [Test]
    public void Checkpoint_OfAnyWorldSize_IsGoneOnFromByAnyOther([Values(1, 2, 3)] int before, [Values(1, 2, 3)] int after, [Values] bool isSharded)
    {
        var recipe = new StudentRecipe { Temperatures = Temperatures.Between(0.5, 1.1), Objective = new LhtsRecipe { Baseline = BaselineKind.Learned } };
        var distributed = new DistributedRecipe { ShardOptimizer = isSharded };
        var folder = Path.Combine(tiny.Folder, $"from-{before}-to-{after}-{isSharded}");
        RankThreads.Run(before, ranks =>
        {
            using var runner = tiny.Begin(recipe, ranks, distributed);
            runner.Train(4).Save(folder, ranks.IsLeader);
            return true;
        });
        var found = RankThreads.Run(after, ranks =>
        {
            using var runner = tiny.Begin(recipe, ranks, distributed);
            return runner.Resume(folder).Train(NumSteps - 4).Weights();
        })[0];
        Assert.That(Directory.GetFiles(folder, "optimizer*").Length, Is.EqualTo(isSharded && before > 1 ? before : 1));
        Assert.That(Difference(Trained(recipe, 1, new DistributedRecipe()), found), Is.LessThan(1e-5));
    }

    private Dictionary<string, float[]> Trained(StudentRecipe recipe, int worldSize, DistributedRecipe distributed)
    {
        var weights = RankThreads.Run(worldSize, ranks =>
        {
            using var runner = tiny.Begin(recipe, ranks, distributed);
            return runner.Train(NumSteps).Weights();
        });
        Assert.That(weights.Max(other => Difference(weights[0], other)), Is.Zero, "all ranks have the same weights");
        return weights[0];
    }

    private static double Difference(Dictionary<string, float[]> left, Dictionary<string, float[]> right) =>
        left.Max(weights => weights.Value.Zip(right[weights.Key], (one, other) => Math.Abs((double)one - other)).Max());
}
