namespace Lhts.Evaluation.Tests;

public sealed class MyopicCurveTests
{
    private static readonly MyopicCurve Curve = new([(1, -3), (0.5, -1), (0.8, -2)]);

    [TestCase(-3, 1)]
    [TestCase(-2.5, 0.9)]
    [TestCase(-2, 0.8)]
    [TestCase(-1.5, 0.65)]
    [TestCase(-1, 0.5)]
    public void Temperature_OfALikelihoodWithin_LiesOnTheLine(double logLikelihood, double expected) =>
        Assert.That(Curve.TemperatureAt(logLikelihood), Is.EqualTo(expected).Within(1e-12));

    [TestCase(-3.1)]
    [TestCase(-0.9)]
    [TestCase(double.NaN)]
    public void Temperature_OfALikelihoodOutside_IsUnknown(double logLikelihood) => Assert.That(Curve.TemperatureAt(logLikelihood), Is.Null);

    [Test]
    public void Temperature_WhereTheCurveBendsBack_IsTheHighest() =>
        Assert.That(new MyopicCurve([(1, -2), (0.8, -4), (0.6, -2)]).TemperatureAt(-3), Is.EqualTo(0.9).Within(1e-12));

    [Test]
    public void Temperature_WithOnePoint_IsThatPointsOrUnknown()
    {
        var curve = new MyopicCurve([(0.7, -2)]);
        Assert.That(curve.TemperatureAt(-2), Is.EqualTo(0.7));
        Assert.That(curve.TemperatureAt(-1), Is.Null);
        Assert.That(new MyopicCurve([]).TemperatureAt(-1), Is.Null);
    }
}
