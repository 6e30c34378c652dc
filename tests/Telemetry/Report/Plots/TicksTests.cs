using Lhts.Telemetry.Report.Plots;

namespace Lhts.Telemetry.Tests.Report.Plots;

public class TicksTests
{
    [TestCase(-1.35, -0.5, 5, new[] { -1.2, -1.0, -0.8, -0.6 }, 1)]
    [TestCase(0.66, 1.04, 4, new[] { 0.7, 0.8, 0.9, 1.0 }, 1)]
    [TestCase(0, 2500, 5, new[] { 0.0, 500, 1000, 1500, 2000, 2500 }, 0)]
    public void Values_OfARange_AreRoundAndWithinIt(double low, double high, int wanted, double[] expected, int decimals)
    {
        var ticks = new Ticks(low, high, 0, 100, wanted);

        Assert.That(ticks.Values, Is.EqualTo(expected).Within(1e-9));
        Assert.That(ticks.Decimals, Is.EqualTo(decimals));
        Assert.That((ticks.At(low), ticks.At(high)), Is.EqualTo((0.0, 100.0)));
    }

    [Test]
    public void RangeOf_ASingleValue_HasRoomOnBothSides()
    {
        var (low, high) = Ticks.RangeOf([0.7], 0.1);

        Assert.That(low, Is.LessThan(0.7));
        Assert.That(high, Is.GreaterThan(0.7));
    }
}
