namespace Lhts.Evaluation.Tests;

public sealed class PolylineTests
{
    [TestCase(0, 5, 9)]
    [TestCase(1, 6, 8)]
    [TestCase(2, 7)]
    [TestCase(-1, 10)]
    [TestCase(-2, 11)]
    [TestCase(2.5)]
    [TestCase(double.NaN)]
    public void Heights_OfACurveThatBendsBack_AreAllOfThemInOrder(double x, params double[] expected) =>
        Assert.That(Polyline.HeightsAt([(0, 5), (2, 7), (-2, 11)], x), Is.EqualTo(expected).Within(1e-12));
}
