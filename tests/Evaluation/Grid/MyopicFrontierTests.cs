using Lhts.Evaluation.Grid;

namespace Lhts.Evaluation.Tests.Grid;

public sealed class MyopicFrontierTests
{
    private static readonly (double, double)[] Curve = [(-2, 0.9), (-1, 0.5), (-0.5, 0.1)];

    [TestCase(-2, 0.9)]
    [TestCase(-1.5, 0.7)]
    [TestCase(-1, 0.5)]
    [TestCase(-0.75, 0.3)]
    [TestCase(-0.5, 0.1)]
    public void Diversity_AtALikelihoodOfTheCurve_LiesOnTheLine(double logLikelihood, double expected) =>
        Assert.That(MyopicFrontier.DiversityAt(Curve, logLikelihood), Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void Diversity_BeyondTheLikeliestPoint_IsThatPoints() => Assert.That(MyopicFrontier.DiversityAt(Curve, -0.1), Is.EqualTo(0.1));

    [Test]
    public void Diversity_BelowTheLeastLikelyPoint_IsUnknown() => Assert.That(MyopicFrontier.DiversityAt(Curve, -2.1), Is.NaN);

    [Test]
    public void Diversity_WhereTheCurveBendsBack_IsTheGreatest() =>
        Assert.That(MyopicFrontier.DiversityAt([(-2, 0.9), (-0.5, 0.3), (-1, 0.2)], -0.75), Is.EqualTo(0.4).Within(1e-12));

    [Test]
    public void Diversity_OfACurveOfOnePoint_IsThatPointsOrUnknown()
    {
        Assert.That(MyopicFrontier.DiversityAt([(-1, 0.5)], -0.9), Is.EqualTo(0.5));
        Assert.That(MyopicFrontier.DiversityAt([(-1, 0.5)], -1.1), Is.NaN);
    }
}
