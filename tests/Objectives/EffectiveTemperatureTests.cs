using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace Lhts.Objectives.Tests;

public sealed class EffectiveTemperatureTests
{
    [Property(MaxTest = 50)]
    public void Estimate_OfAnExactStudent_IsItsTemperature(int seed)
    {
        var random = new Random(seed);
        var temperature = 0.2 + random.NextDouble();
        var logP = Enumerable.Range(0, 30).Select(_ => -50 * random.NextDouble()).ToArray();

        var estimate = EffectiveTemperature.Of(logP, logP.Select(value => value / temperature - 7).ToArray());

        Assert.That(estimate.Value, Is.EqualTo(temperature).Within(1e-12));
        Assert.That(estimate.StandardError, Is.LessThan(1e-12));
    }

    [Test]
    public void Estimate_OfAnyStudent_IsTheSumOverAllPairs()
    {
        var random = new Random(2);
        var (logP, logQ) = (Values(random), Values(random));
        double cross = 0, square = 0;
        foreach (var (i, j) in from i in Enumerable.Range(0, 20) from j in Enumerable.Range(0, i) select (i, j))
        {
            cross += (logP[i] - logP[j]) * (logQ[i] - logQ[j]);
            square += (logQ[i] - logQ[j]) * (logQ[i] - logQ[j]);
        }

        Assert.That(EffectiveTemperature.Of(logP, logQ).Value, Is.EqualTo(cross / square).Within(1e-12));
    }

    [Test]
    public void StandardError_OverManySamples_IsTheirSpread()
    {
        var random = new Random(3);
        var estimates = Enumerable.Range(0, 400).Select(_ =>
        {
            var logQ = Enumerable.Range(0, 200).Select(_ => -10 * random.NextDouble()).ToArray();
            return EffectiveTemperature.Of(logQ.Select(value => 0.7 * value + random.NextDouble()).ToArray(), logQ);
        }).ToArray();

        var mean = estimates.Average(estimate => estimate.Value);
        var spread = Math.Sqrt(estimates.Average(estimate => Math.Pow(estimate.Value - mean, 2)));
        Assert.That(mean, Is.EqualTo(0.7).Within(4 * spread / 20));
        Assert.That(estimates.Average(estimate => estimate.StandardError), Is.EqualTo(spread).Within(0.1 * spread));
    }

    [Test]
    public void Estimate_OfUnequalLengths_IsRefused() =>
        Assert.That(() => EffectiveTemperature.Of([1, 2], [1]), Throws.ArgumentException.With.Message.Contains("2 log-probs of the teacher and 1"));

    private static double[] Values(Random random) => Enumerable.Range(0, 20).Select(_ => random.NextDouble()).ToArray();
}
