using FsCheck;
using FsCheck.Fluent;
using Lhts.Scaling.Benchmarks.Model;

namespace Lhts.Distributed.Tests.Scaling;

/// <summary>The arithmetic behind the tables of docs/scaling.md.</summary>
public sealed class StepModelTests
{
    private static readonly StepCompute Compute = new(Total: 10, Backward: 6);

    [Test]
    public void Predict_ReductionsShorterThanBackward_ExposesTheLastBucketAlone()
    {
        PlannedBucket[] buckets = [new(1, 0.25), new(1, 0.5), new(1, 1)];
        var step = StepModel.Predict(Compute, buckets, bytes => bytes);
        Assert.That(step, Is.EqualTo(new ModelledStep(Total: 11, Reducing: 3, Exposed: 1)));
        Assert.That(step.HiddenShare, Is.EqualTo(2.0 / 3).Within(1e-12));
    }

    [Test]
    public void Predict_ReductionsLongerThanBackward_QueueBehindEachOther()
    {
        PlannedBucket[] buckets = [new(4, 0.5), new(4, 0.75), new(4, 1)];
        var step = StepModel.Predict(Compute, buckets, bytes => bytes);
        Assert.That(step, Is.EqualTo(new ModelledStep(Total: 19, Reducing: 12, Exposed: 9))); // from 3 to 15, where backward ends at 6
    }

    [Test]
    public void Predict_WithoutOverlap_ExposesEverything()
    {
        PlannedBucket[] buckets = [new(1, 0.25), new(1, 1)];
        var step = StepModel.Predict(Compute, buckets, bytes => bytes, taken: 3, overlaps: false);
        Assert.That(step, Is.EqualTo(new ModelledStep(Total: 12, Reducing: 2, Exposed: 2)));
    }

    [Test]
    public void Predict_ReductionsThatTakeCompute_LengthenBackwardAndWhatItHides()
    {
        PlannedBucket[] buckets = [new(1, 0.5), new(1, 1)];
        var step = StepModel.Predict(Compute, buckets, bytes => bytes, taken: 2);
        Assert.That(step, Is.EqualTo(new ModelledStep(Total: 13, Reducing: 2, Exposed: 1)));
    }

    [FsCheck.NUnit.Property]
    public Property Predict_OfAnything_LiesBetweenAllHiddenAndAllExposed() => Prop.ForAll(
        Gen.Choose(0, 100).Two().ListOf().ToArbitrary(),
        sizes =>
        {
            PlannedBucket[] buckets = [.. sizes.Select(size => new PlannedBucket(size.Item1, size.Item2 / 100.0)).OrderBy(bucket => bucket.ReadyAt)];
            var step = StepModel.Predict(Compute, buckets, bytes => bytes);
            var late = StepModel.Predict(Compute, buckets, bytes => bytes, overlaps: false);
            return step.Exposed >= -1e-9 && step.Exposed <= step.Reducing + 1e-9 && step.Total >= Compute.Total - 1e-9 && step.Total <= late.Total + 1e-9;
        });

    [TestCase(1, 0)]
    [TestCase(2, 1)]
    [TestCase(4, 1.5)]
    [TestCase(1024, 2 - (2.0 / 1024))]
    public void RingShare_OfRanks_IsTheLeastThatEachMustSend(int numRanks, double share) =>
        Assert.That(Collective.RingShare(numRanks), Is.EqualTo(share));

    [Test]
    public void Ring_OfFourRanks_PaysBytesAndSixHops() =>
        Assert.That(Collective.Ring(bytes: 1000, numRanks: 4, bytesPerSecond: 100, hop: 2), Is.EqualTo(15 + 12));

    [Test]
    public void Efficiencies_OfTimes_AreTheirRatios()
    {
        Assert.That(Efficiency.Strong(alone: 8, together: 5, times: 2), Is.EqualTo(0.8));
        Assert.That(Efficiency.Weak(alone: 4, together: 5), Is.EqualTo(0.8));
        Assert.That(Efficiency.Error(predicted: 9, measured: 10), Is.EqualTo(-0.1).Within(1e-12));
    }

    [TestCase(new[] { 3.0 }, 3)]
    [TestCase(new[] { 9.0, 1, 2 }, 2)]
    [TestCase(new[] { 4.0, 1, 3, 2 }, 2.5)]
    public void Median_OfNumbers_IsTheMiddle(double[] numbers, double middle) => Assert.That(Efficiency.Median(numbers), Is.EqualTo(middle));
}
