using Lhts.Testing;

namespace Lhts.Evaluation.Tests;

/// <summary>Free energies, entropies and gains of draws, against sums over every text of an enumerated teacher.</summary>
public sealed class FreeEnergyTests : TensorTest
{
    private const int NumDraws = 4000;

    // Of a normal figure one in 16,000 is further off; seeds are fixed.
    private const double NumErrors = 4;

    private EnumeratedTeacher space = null!;

    [SetUp]
    public void MakeTeacher() => space = new EnumeratedTeacher(3);

    [TearDown]
    public void DisposeTeacher() => space.Dispose();

    [Test]
    public void Of_DrawsOfAStudent_IsLogZLessItsDivergence([Values(0.4, 0.7, 1.0, 1.3)] double temperature, [Values(0.5, 1.0)] double myopicTemperature)
    {
        using var student = EnumeratedTeacher.Make(8);

        var energy = FreeEnergy.Of(space.Draw(student, myopicTemperature, NumDraws, seed: 1), temperature);

        AssertNear(energy, space.FreeEnergyOf(student, myopicTemperature, temperature));
    }

    [Test]
    public void Of_TheTeacherAtTemperatureOne_IsZeroWithoutError()
    {
        var energy = FreeEnergy.Of(space.Draw(space.Model, 1, 100, seed: 1), 1);

        Assert.That(energy, Is.EqualTo(new Figure(0, 0)));
    }

    [Test]
    public void Of_DrawsOfTheJointTemperature_IsLogZWithoutError()
    {
        const double Temperature = 0.6;
        var joint = space.DrawJoint(Temperature, space.Model, 100, seed: 2);
        var own = new ScoredDraws(joint.LogP, [.. joint.LogP.Select(logP => (logP / Temperature) - space.LogPartition(Temperature))], joint.NumTokens);

        var energy = FreeEnergy.Of(own, Temperature);

        Assert.That(energy.Value, Is.EqualTo(space.LogPartition(Temperature)).Within(1e-9));
        Assert.That(energy.StandardError, Is.LessThan(1e-9));
    }

    [Test]
    public void EntropyOf_Draws_IsThatOfTheirDistribution([Values(0.5, 1.0)] double myopicTemperature)
    {
        var exact = space.EntropyOf(space.Model, myopicTemperature);

        var entropy = EntropyEstimate.Of(space.Draw(space.Model, myopicTemperature, NumDraws, seed: 4));

        AssertNear(new(entropy.PerSequence, entropy.PerSequenceError), exact);
        AssertNear(new(entropy.PerToken, entropy.StandardError), exact / EnumeratedTeacher.Length);
    }

    [Test]
    public void Intervals_OverManyRepeats_CoverTheExactValue()
    {
        const int NumRepeats = 200, Size = 64;
        const double Temperature = 0.7, Quantile = 1.96;
        using var student = EnumeratedTeacher.Make(8);
        var exact = space.FreeEnergyOf(student, 1, Temperature);
        var all = space.Draw(student, 1, NumRepeats * Size, seed: 5);

        var covered = Enumerable.Range(0, NumRepeats).Count(repeat =>
        {
            var energy = FreeEnergy.Of(Part(all, repeat * Size, Size), Temperature);
            return Math.Abs(energy.Value - exact) <= Quantile * energy.StandardError;
        });

        Assert.That(covered, Is.InRange(0.90 * NumRepeats, 0.99 * NumRepeats));
    }

    [Test]
    public void GainOf_AStudent_IsTheDifferenceOfDivergences()
    {
        const double Temperature = 0.6, BestTemperature = 0.5;
        using var student = EnumeratedTeacher.Make(8);
        var best = new MyopicBest(Temperature, BestTemperature, FreeEnergy.Of(space.Draw(space.Model, BestTemperature, NumDraws, seed: 6), Temperature));

        var gain = FreeEnergy.GainOf(space.Draw(student, 1, NumDraws, seed: 7), best);

        AssertNear(gain, space.DivergenceOf(space.Model, BestTemperature, Temperature) - space.DivergenceOf(student, 1, Temperature));
        Assert.That(gain.StandardError, Is.GreaterThan(best.FreeEnergy.StandardError), "both errors count");
    }

    [Test]
    public void ScoredDraws_OfTruncatedOrGreedySamples_AreRefused() => Assert.That(
        () => ScoredDraws.Of(space.Model, new() { Temperature = 0 }, [], [], isTeacher: true, CancellationToken.None),
        Throws.ArgumentException.With.Message.Contains("top-k"));

    [Test]
    public void ScoredDraws_OfUnequalNumbers_AreRefused() => Assert.That(
        () => new ScoredDraws([-1, -2], [-1], [3, 3]),
        Throws.ArgumentException.With.Message.EqualTo("2 log p, 1 log q and 2 lengths were given; they must be as many."));

    internal static ScoredDraws Part(ScoredDraws all, int start, int count) =>
        new([.. all.LogP.Skip(start).Take(count)], [.. all.LogQ.Skip(start).Take(count)], [.. all.NumTokens.Skip(start).Take(count)]);

    internal static void AssertNear(Figure figure, double exact) =>
        Assert.That(figure.Value, Is.EqualTo(exact).Within(NumErrors * figure.StandardError + 1e-6), $"± {figure.StandardError}");
}
