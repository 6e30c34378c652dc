using Lhts.Evaluation.Tasks;

namespace Lhts.Evaluation.Tests.Tasks;

/// <summary>Intervals and comparisons.</summary>
public sealed class AccuracyTests
{
    [Test]
    public void Of_SingleAnswers_IsWilsonsInterval()
    {
        // 8 of 10: the textbook's Wilson interval is 0.490 to 0.943; the sample variance with n - 1 makes the effective number 10 at least.
        var estimate = AccuracyEstimate.Of([1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);

        Assert.That(estimate.Value, Is.EqualTo(0.8).Within(1e-12));
        Assert.That(estimate.Low, Is.EqualTo(0.490).Within(5e-4));
        Assert.That(estimate.High, Is.EqualTo(0.943).Within(5e-4));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Of_AllAlike_StillHasAnInterval(double accuracy)
    {
        var estimate = AccuracyEstimate.Of([.. Enumerable.Repeat(accuracy, 20)]);

        // Wilson with n successes of n: the far bound is n / (n + z^2).
        var width = 1 - 20 / (20 + 1.959964 * 1.959964);
        Assert.That(estimate.High - estimate.Low, Is.EqualTo(width).Within(1e-9));
        Assert.That(estimate.Value, Is.InRange(estimate.Low, estimate.High));
    }

    [Test]
    public void Of_ManyAnswersToEachQuestion_IsNarrower()
    {
        var averaged = AccuracyEstimate.Of([.. Enumerable.Range(0, 100).Select(i => 0.45 + 0.1 * (i % 2))]);
        var single = AccuracyEstimate.Of([.. Enumerable.Range(0, 100).Select(i => (double)(i % 2))]);

        Assert.That(averaged.High - averaged.Low, Is.LessThan((single.High - single.Low) / 5));
    }

    [Test]
    public void Of_NoQuestions_IsRefused() => Assert.That(() => AccuracyEstimate.Of([]), Throws.ArgumentException);

    [Test]
    public void Compare_ABetterModel_FindsTheDifference()
    {
        var comparison = PairedComparison.Of(Scores(8, 9, 8, 9, 8, 9, 8, 9, 8, 9, 8, 9), Scores(5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6));

        Assert.That(comparison.Difference, Is.EqualTo(0.3).Within(1e-12));
        Assert.That((comparison.Low, comparison.High), Is.EqualTo((comparison.Difference, comparison.Difference)).Within(1e-9),
            "every question differs by 0.3");
        // Only the two of 4096 exchanges that keep all signs alike are as extreme: 0.0005.
        Assert.That(comparison.PValue, Is.LessThan(0.002));
    }

    [Test]
    public void Compare_DifferencesThatCancel_FindsNone()
    {
        var comparison = PairedComparison.Of(Scores(4, 6, 4, 6), Scores(6, 4, 6, 4));

        Assert.That(comparison.Difference, Is.Zero.Within(1e-12));
        Assert.That(comparison.PValue, Is.EqualTo(1));
        Assert.That(comparison.Low, Is.LessThan(0));
    }

    [Test]
    public void Compare_OtherQuestions_IsRefused() =>
        Assert.That(() => PairedComparison.Of(Scores(1), Scores(1, 2)), Throws.ArgumentException.With.Message.Contains("1 and 2 were given"));

    private static double[] Scores(params int[] right) => [.. right.Select(count => count / 10.0)];
}
