using Lhts.Testing;

namespace Lhts.Evaluation.Tests;

/// <summary>The best myopic temperature of a teacher, against the maximum over a fine grid by enumeration.</summary>
public sealed class BestMyopicTests : TensorTest
{
    private static readonly BestMyopicOptions Options =
        new() { NumSamples = 1000, NumEstimates = 1000, MaxNewTokens = EnumeratedTeacher.Length, BatchSize = 1024, Seed = 1 };

    private EnumeratedTeacher space = null!;

    [SetUp]
    public void MakeTeacher() => space = new EnumeratedTeacher(3);

    [TearDown]
    public void DisposeTeacher() => space.Dispose();

    [Test]
    public void Find_OnAnEnumeratedTeacher_FindsTheBest()
    {
        double[] temperatures = [0.3, 0.5, 0.7, 0.9, 1.2];

        var found = new BestMyopic(space.Model, [EnumeratedTeacher.Prompt], Options).Find(temperatures);

        foreach (var best in found)
        {
            var exact = Grid().Max(tau => space.FreeEnergyOf(space.Model, tau, best.Temperature));
            Assert.That(space.FreeEnergyOf(space.Model, best.MyopicTemperature, best.Temperature), Is.EqualTo(exact).Within(0.01), $"T {best.Temperature}");
            FreeEnergyTests.AssertNear(best.FreeEnergy, space.FreeEnergyOf(space.Model, best.MyopicTemperature, best.Temperature));
        }

        Assert.That(found.Select(best => best.Temperature), Is.EqualTo(temperatures));
    }

    [Test]
    public void Find_AtTemperatureOne_IsTheTeacherItself()
    {
        var sweep = new BestMyopic(space.Model, [EnumeratedTeacher.Prompt], Options);

        Assert.That(sweep.Find([1]), Is.EqualTo(new[] { new MyopicBest(1, 1, new(0, 0)) }));
        Assert.That(sweep.Tried, Is.Empty, "that takes no texts");
    }

    [Test]
    public void Find_WithoutEstimates_GivesTheSameTemperature()
    {
        var alone = new BestMyopic(space.Model, [EnumeratedTeacher.Prompt], Options with { NumEstimates = 0 }).Find([0.7])[0];
        var both = new BestMyopic(space.Model, [EnumeratedTeacher.Prompt], Options).Find([0.7])[0];

        Assert.That(alone.MyopicTemperature, Is.EqualTo(both.MyopicTemperature));
        Assert.That(alone.FreeEnergy.Value, Is.NaN);
    }

    [Test]
    public void Find_ItsEstimate_IsOfOtherTextsThanThoseThatChose()
    {
        var sweep = new BestMyopic(space.Model, [EnumeratedTeacher.Prompt], Options with { NumSamples = 200, NumEstimates = 200 });

        var best = sweep.Find([0.7, 0.8]);

        foreach (var found in best)
        {
            var chosen = FreeEnergy.Of(sweep.Tried.MinBy(entry => Math.Abs(entry.Key - found.MyopicTemperature)).Value, found.Temperature);
            Assert.That(found.FreeEnergy.Value, Is.Not.EqualTo(chosen.Value));
            FreeEnergyTests.AssertNear(found.FreeEnergy, space.FreeEnergyOf(space.Model, found.MyopicTemperature, found.Temperature));
        }

        Assert.That(best.Select(found => found.FreeEnergy.Value), Is.Unique);
    }

    [Test]
    public void Find_WithTextsThatAreThere_DrawsNoneOfTheirTemperature()
    {
        var sweep = new BestMyopic(space.Model, [EnumeratedTeacher.Prompt], Options with { NumEstimates = 0 });
        var draws = space.Draw(space.Model, 0.6, 3000, seed: 9);
        sweep.Add(0.6, draws);

        sweep.Find([0.7]);

        Assert.That(sweep.Tried[0.6], Is.SameAs(draws));
        Assert.That(sweep.Tried.Keys, Is.Ordered);
    }

    [Test]
    public void Find_ATemperatureThatIsNotAboveZero_IsRefused() => Assert.That(
        () => new BestMyopic(space.Model, [EnumeratedTeacher.Prompt], Options).Find([0]), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Peak_OfAParabola_IsItsVertex()
    {
        var points = Enumerable.Range(-4, 9).Select(i => (Math.Exp(0.2 * i), -Math.Pow((0.2 * i) - 0.07, 2), 0.1)).ToArray();

        Assert.That(Peak.Of(points), Is.EqualTo(Math.Exp(0.07)).Within(1e-9));
    }

    [Test]
    public void Peak_OfACurveThatOnlyRises_IsItsEnd() =>
        Assert.That(Peak.Of([(1, 1, 0.1), (2, 2, 0.1), (3, 4, 0.1)]), Is.EqualTo(3));

    private static IEnumerable<double> Grid() => Enumerable.Range(5, 50).Select(i => 0.03 * i);
}
