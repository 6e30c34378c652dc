using Lhts.Models.Gpt;
using Lhts.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Distributed.Tests;

/// <summary>The gradients of a step are those of one process, whatever the split.</summary>
public sealed class GradientBucketTests : TensorTest
{
    private static readonly BucketOptions Small = new() { Bytes = 4096, FirstBytes = 1024 };

    // Sequences of each rank's micro-batches, in order; twelve in all.
    private static readonly int[][][] Splits =
    [
        [[12]],
        [[5, 7]],
        [[6], [6]],
        [[1], [4, 7]],
        [[12], []],
        [[], [3, 3, 6]],
        [[4], [4], [4]],
        [[2, 2], [], [8]],
        [[3], [3], [3], [3]],
        [[1], [1, 1], [9], []],
    ];

    [Test]
    public void Gradients_OfEverySplit_AreThoseOfOneProcess([ValueSource(nameof(Splits))] int[][] split, [Values] bool usesCheckpointing)
    {
        var expected = OneProcess();
        var found = RankThreads.Run(split.Length, group => Distributed(group, split, usesCheckpointing, Small).Gradients);
        Assert.That(LargestDifference(expected, found[0]), Is.LessThan(1e-6 * expected.Max(Math.Abs)));
        Assert.That(found.Select(Step.Fingerprint).Distinct().Count(), Is.EqualTo(1), "all ranks have the same bits");
    }

    /// <summary>Autograd reaches the working weights only: what is trained gets its gradients afterwards, from no hook.</summary>
    [Test]
    public void Gradients_OfAPathInWeightSpace_AreThoseOfOneProcess([ValueSource(nameof(Splits))] int[][] split)
    {
        using var model = Step.Path();
        Step.Backward(model, 0, Step.NumSequences);
        var expected = Step.Flat(model, gradients: true);
        var found = RankThreads.Run(split.Length, group => Distributed(group, split, Step.Path, Small).Gradients);
        Assert.That(LargestDifference(expected, found[0]), Is.LessThan(1e-6 * expected.Max(Math.Abs)));
        Assert.That(found.Select(Step.Fingerprint).Distinct().Count(), Is.EqualTo(1), "all ranks have the same bits");
    }

    [Test]
    public void Gradients_InBfloat16_AreWithinItsRounding()
    {
        var expected = OneProcess();
        var found = RankThreads.Run(3, group => Distributed(group, Splits[6], false, Small with { Compression = Compression.Bfloat16 }).Gradients);
        // 8 bits of precision: each number is rounded before and after the sum.
        var scale = expected.Max(Math.Abs);
        Assert.That(LargestDifference(expected, found[0]), Is.LessThan(scale / 128).And.GreaterThan(scale / 1e6));
        Assert.That(found.Select(Step.Fingerprint).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void Buckets_OfALargeModel_AreSentWhileBackwardGoesOn()
    {
        var begun = RankThreads.Run(2, group =>
        {
            using var model = Step.Model();
            GradientBuckets? buckets = null;
            var atArrival = new List<int>();
            // Before the buckets' own hooks: what is on its way when a gradient arrives.
            var hooks = model.parameters().Select((parameter, index) => new GradientHook(parameter, index, _ => atArrival.Add(buckets!.NumBegun))).ToArray();
            using (buckets = new GradientBuckets(group, [.. model.parameters()], Small))
            {
                buckets.PrepareForBackward();
                Step.Backward(model, 6 * group.Rank, 6);
                var times = buckets.Finish();
                foreach (var hook in hooks) hook.Dispose();
                return (AtArrival: atArrival, buckets.Count, times.Bytes);
            }
        });
        Assert.That(begun[0].Count, Is.GreaterThan(3));
        Assert.That(begun[0].Bytes, Is.EqualTo(OneProcess().Length * sizeof(float)));
        Assert.That(begun[0].AtArrival, Is.Ordered);
        Assert.That(begun[0].AtArrival[^1], Is.EqualTo(begun[0].Count - 1), "all but the bucket of the last gradient");
    }

    [TestCase(10, 0, 1)]
    [TestCase(10, 4, 0.6)]
    [TestCase(10, 30, 0)]
    [TestCase(0, 5, double.NaN)]
    public void HiddenShare_OfReductions_IsWhatBackwardDidNotWaitFor(double total, double exposed, double expected) =>
        Assert.That(new ReductionTimes(TimeSpan.FromSeconds(total), TimeSpan.FromSeconds(exposed), 1).HiddenShare, Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void Compression_HalvesTheBytes()
    {
        double Bytes(Compression compression) =>
            RankThreads.Run(2, group => Distributed(group, Splits[2], false, Small with { Compression = compression }).Times.Bytes)[0];
        Assert.That(Bytes(Compression.Bfloat16), Is.EqualTo(Bytes(Compression.None) / 2.0).Within(0.5).Percent);
    }

    [Test]
    public void PrepareForBackward_ForTheLastMicroBatchOnly_SendsEachBucketOnce()
    {
        RankThreads.Run(2, group =>
        {
            using var model = Step.Model();
            using var buckets = new GradientBuckets(group, [.. model.parameters()], Small);
            Assert.That(buckets.Count, Is.GreaterThan(3));
            Step.Backward(model, 0, 6); // not prepared: only accumulates
            var before = Step.Flat(model, gradients: true);
            buckets.PrepareForBackward();
            Step.Backward(model, 6, 6);
            buckets.Finish();
            var expected = OneProcess();
            Assert.That(LargestDifference(Array.ConvertAll(expected, value => 2 * value), Step.Flat(model, gradients: true)), Is.LessThan(1e-6));
            Assert.That(LargestDifference(expected, before), Is.GreaterThan(1e-3));
            buckets.Zero();
            Assert.That(Step.Flat(model, gradients: true), Is.All.Zero);
        });
    }

    [Test]
    public void Finish_WhenAGradientCameTwice_Throws()
    {
        RankThreads.Run(1, group =>
        {
            using var model = Step.Model();
            using var buckets = new GradientBuckets(group, [.. model.parameters()], Small);
            buckets.PrepareForBackward();
            Step.Backward(model, 0, 6);
            Step.Backward(model, 6, 6);
            Assert.That(Assert.Throws<InvalidOperationException>(() => buckets.Finish())!.Message, Does.Contain("came twice"));
        });
    }

    [Test]
    public void Dispose_GivesTheGradientsUp()
    {
        RankThreads.Run(1, group =>
        {
            using var model = Step.Model();
            new GradientBuckets(group, [.. model.parameters()], Small).Dispose();
            Assert.That(model.parameters().Select(parameter => parameter.grad), Is.All.Null);
            Step.Backward(model, 0, 12);
            Assert.That(Step.Fingerprint(Step.Flat(model, gradients: true)), Is.EqualTo(Step.Fingerprint(OneProcess())));
        });
    }

    private static double LargestDifference(float[] left, float[] right) => left.Zip(right, (one, other) => Math.Abs((double)one - other)).Max();

    private static float[] OneProcess()
    {
        using var model = Step.Model();
        Step.Backward(model, 0, Step.NumSequences);
        return Step.Flat(model, gradients: true);
    }

    private static (float[] Gradients, ReductionTimes Times) Distributed(ProcessGroup group, int[][] split, bool usesCheckpointing, BucketOptions options) =>
        Distributed(group, split, () => Step.Model(usesCheckpointing), options);

    private static (float[] Gradients, ReductionTimes Times) Distributed(ProcessGroup group, int[][] split, Func<Gpt2> make, BucketOptions options)
    {
        using var model = make();
        using var buckets = new GradientBuckets(group, [.. model.TrainedParameters.Select(pair => pair.Parameter)], options);
        var first = split.Take(group.Rank).Sum(parts => parts.Sum());
        foreach (var (index, count) in split[group.Rank].Index())
        {
            if (index == split[group.Rank].Length - 1) buckets.PrepareForBackward();
            Step.Backward(model, first, count);
            first += count;
        }

        var times = buckets.Finish();
        return (Step.Flat(model, gradients: true), times);
    }
}
