using Lhts.Testing;

namespace Lhts.Evaluation.Tests;

/// <summary>Bounds of log Z and estimates of divergences, against sums over every text of an enumerated teacher.</summary>
public sealed class LogPartitionTests : TensorTest
{
    private const double Temperature = 0.7;
    private EnumeratedTeacher space = null!;

    [SetUp]
    public void MakeTeacher() => space = new EnumeratedTeacher(3);

    [TearDown]
    public void DisposeTeacher() => space.Dispose();

    [Test]
    public void LowerBound_OfManyDraws_ReachesLogZ()
    {
        var bound = LogPartition.LowerBound(space.Draw(space.Model, 0.7, 20_000, seed: 1), Temperature);

        FreeEnergyTests.AssertNear(new(bound.Value, bound.StandardError), space.LogPartition(Temperature));
        Assert.That(bound.EffectiveSampleSize, Is.InRange(1000, 20_000));
    }

    [Test]
    public void LowerBound_OfFewDraws_IsBelowLogZOnAverageAndAboveTheFreeEnergy()
    {
        const int NumRepeats = 500, Size = 4;
        var all = space.Draw(space.Model, 1, NumRepeats * Size, seed: 2);

        double[] bounds =
            [.. Enumerable.Range(0, NumRepeats).Select(i => LogPartition.LowerBound(FreeEnergyTests.Part(all, i * Size, Size), Temperature).Value)];

        Assert.That(bounds.Average(), Is.LessThan(space.LogPartition(Temperature)).And.GreaterThan(FreeEnergy.Of(all, Temperature).Value));
    }

    [Test]
    public void UpperBound_OfFewTextsOfTheJoint_IsAboveLogZOnAverage()
    {
        const int NumRepeats = 500, Size = 4;
        var all = space.DrawJoint(Temperature, space.Model, NumRepeats * Size, seed: 3);

        double[] bounds =
            [.. Enumerable.Range(0, NumRepeats).Select(i => LogPartition.UpperBound(FreeEnergyTests.Part(all, i * Size, Size), Temperature).Value)];

        Assert.That(bounds.Average(), Is.GreaterThan(space.LogPartition(Temperature)));
        var whole = LogPartition.UpperBound(all, Temperature);
        FreeEnergyTests.AssertNear(new(whole.Value, whole.StandardError), space.LogPartition(Temperature));
    }

    [Test]
    public void OwnDivergence_NearTheJoint_IsTheDivergence()
    {
        const double Near = 0.95;
        var own = LogPartition.OwnDivergence(space.Draw(space.Model, Near, 4000, seed: 4), Near * 0.95);

        var exact = space.DivergenceOf(space.Model, Near, Near * 0.95);
        Assert.That(own.Value, Is.EqualTo(exact).Within(4 * own.StandardError + (0.1 * exact)));
    }

    [Test]
    public void JointReference_OfItsTexts_HasItsEntropy()
    {
        var texts = space.DrawJoint(Temperature, space.Model, 20_000, seed: 5);

        var reference = JointReference.Of(Temperature, new(space.LogPartition(Temperature), 0), texts.LogP, texts.NumTokens);

        // H(p_T) = -sum p_T log p_T, which the draws' own log p_T average to.
        var entropy = -texts.LogP.Average(logP => (logP / Temperature) - space.LogPartition(Temperature)) / EnumeratedTeacher.Length;
        Assert.That(reference.Entropy, Is.EqualTo(entropy).Within(1e-9));
        Assert.That(reference.LogLikelihood, Is.EqualTo(texts.LogP.Average() / EnumeratedTeacher.Length).Within(1e-9));
    }

    [Test]
    public void GapClosed_OfADistribution_IsTheShareOfTheDivergence()
    {
        var reference = new JointReference(Temperature, new(-47.25, 0.1), -0.575, 0.452);

        var closed = reference.GapClosed(new(-48.55, 0.04), new(-53.81, 0.12));

        Assert.That(closed.Value, Is.EqualTo(1 - (1.3 / 6.56)).Within(1e-3));
        Assert.That(closed.StandardError, Is.InRange(0.01, 0.03));
        Assert.That(reference.GapClosed(new(-47.25, 0), new(-53.81, 0.12)).Value, Is.EqualTo(1), "p_T itself");
    }
}
