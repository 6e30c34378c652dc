namespace Lhts.Telemetry.Tests.Meters;

public class TemperatureLabelsTests
{
    [TestCase(0.5, "0.5")]
    [TestCase(0.899999, "0.9")]
    [TestCase(1, "1")]
    [TestCase(double.NaN, "other")]
    [TestCase(double.PositiveInfinity, "other")]
    [TestCase(1e300, "other")]
    public void Of_Temperature_IsRounded(double temperature, string expected) =>
        Assert.That(new TemperatureLabels().Of(temperature), Is.EqualTo(expected));

    [Test]
    public void Of_MoreThanTheBound_IsOther()
    {
        var labels = new TemperatureLabels();
        for (var i = 1; i <= TemperatureLabels.MaxValues; i++) Assert.That(labels.Of(i), Is.Not.EqualTo(TemperatureLabels.Other));

        Assert.That(labels.Of(99), Is.EqualTo(TemperatureLabels.Other));
        Assert.That(labels.Of(1), Is.EqualTo("1"), "one that was there stays");
    }

    [Test]
    public void Of_ValueSeenBefore_IsTheSameObject()
    {
        var labels = new TemperatureLabels();
        Assert.That(labels.Of(0.7), Is.SameAs(labels.Of(0.7)));
    }
}
