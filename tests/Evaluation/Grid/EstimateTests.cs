using Lhts.Evaluation.Grid;

namespace Lhts.Evaluation.Tests.Grid;

public sealed class EstimateTests
{
    [Test]
    public void Interval_OfAThousandResamples_LeavesATwentiethOut()
    {
        var estimate = Estimate.Of(500, Enumerable.Range(0, 1001).Select(i => (double)i).Reverse());
        Assert.That((estimate.Low, estimate.High), Is.EqualTo((25.0, 975.0)));
    }

    [Test]
    public void Interval_WithResamplesWithoutAValue_TakesThemAsLowest()
    {
        var estimate = Estimate.Of(1, Enumerable.Repeat(double.NaN, 100).Concat(Enumerable.Repeat(1.0, 900)));
        Assert.That((estimate.Low, estimate.High), Is.EqualTo((double.NegativeInfinity, 1.0)));
        Assert.That(estimate.IsAboveZero, Is.False);
    }

    [TestCase(0.1, 0.2, true, false)]
    [TestCase(-0.2, -0.1, false, true)]
    [TestCase(-0.1, 0.1, false, false)]
    [TestCase(0, 0.1, false, false)]
    public void Interval_AboveOrBelowZero_IsWhollyThere(double low, double high, bool above, bool below)
    {
        var estimate = new Estimate((low + high) / 2, low, high);
        Assert.That((estimate.IsAboveZero, estimate.IsBelowZero), Is.EqualTo((above, below)));
    }
}
