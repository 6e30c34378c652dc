using Lhts.Evaluation.Temperatures;

namespace Lhts.Evaluation.Tests.Temperatures;

public sealed class EntropyPointTests
{
    private static readonly double[] Logits = [1, 3, -2, 3, 0];

    [Test]
    public void Of_AnotherProgramsLogits_GivesItsNumbers()
    {
        foreach (var expected in GoldenTemperature.Sweep)
        {
            var point = EntropyPoint.Of(GoldenTemperature.Logits, expected[0]);
            double[] found = [point.Temperature, point.Entropy, point.ExpectedLogit, point.Variance, point.Derivative];

            Assert.That(found, Is.EqualTo(expected).Within(1e-9), $"T {expected[0]}");
        }
    }

    [Test]
    public void Of_TemperatureZero_IsTheLimitFromItsSide()
    {
        var (above, below) = (EntropyPoint.Of(Logits, 0.0), EntropyPoint.Of(Logits, -0.0));

        Assert.That((above.Entropy, above.ExpectedLogit, above.Variance, above.Derivative), Is.EqualTo((Math.Log(2), 3.0, 0.0, 0.0)), "two likeliest");
        Assert.That((below.Entropy, below.ExpectedLogit), Is.EqualTo((0.0, -2.0)));
        Assert.That(EntropyPoint.Of(Logits, 1e-3).Entropy, Is.EqualTo(above.Entropy).Within(1e-12));
        Assert.That(EntropyPoint.Of(Logits, -1e-3).ExpectedLogit, Is.EqualTo(-2).Within(1e-12));
    }

    // What some sources give as T -> 1: it is T -> infinity that is uniform.
    [Test]
    public void Of_TemperatureToInfinity_IsUniformAndAtOneTheModel()
    {
        foreach (var temperature in new[] { double.PositiveInfinity, double.NegativeInfinity, 1e9, -1e9 })
        {
            var point = EntropyPoint.Of(Logits, temperature);
            Assert.That(point.Entropy, Is.EqualTo(Math.Log(5)).Within(1e-9));
            Assert.That(point.ExpectedLogit, Is.EqualTo(1).Within(1e-6));
        }

        var total = Logits.Sum(Math.Exp);
        var model = -Logits.Sum(z => Math.Exp(z) / total * Math.Log(Math.Exp(z) / total));
        Assert.That(EntropyPoint.Of(Logits, 1).Entropy, Is.EqualTo(model).Within(1e-12).And.LessThan(Math.Log(5) - 0.3));
    }

    // It is sometimes said that a softmax raised to 1/T and normalised differs from the softmax of z/T.
    [FsCheck.NUnit.Property]
    public bool SoftmaxToThePower_Normalised_IsTheSoftmaxOfTheQuotient(sbyte[] logits, byte temperature)
    {
        if (logits.Length == 0) return true;
        var t = 0.1 + (temperature / 64.0);
        double[] z = [.. logits.Select(value => value / 32.0)];
        double[] powers = [.. Softmax(z).Select(p => Math.Pow(p, 1 / t))];
        double[] quotient = Softmax([.. z.Select(value => value / t)]);
        return powers.Select(p => p / powers.Sum()).Zip(quotient, (a, b) => Math.Abs(a - b)).All(difference => difference < 1e-12);
    }

    [FsCheck.NUnit.Property]
    public bool Entropy_OfAnyLogits_RisesWithTemperatureAboveZeroAndFallsBelow(sbyte[] logits)
    {
        if (logits.Length == 0) return true;
        double[] z = [.. logits.Select(value => value / 32.0)];
        double[] line = [0.0, 0.1, 0.5, 1, 3, 100, double.PositiveInfinity, double.NegativeInfinity, -100, -3, -1, -0.5, -0.1, -0.0];
        EntropyPoint[] points = [.. line.Select(t => EntropyPoint.Of(z, t))];
        var rises = points[..7].Zip(points[1..7], (first, second) => second.Entropy >= first.Entropy - 1e-9).All(holds => holds);
        var falls = points[7..].Zip(points[8..], (first, second) => second.Entropy <= first.Entropy + 1e-9).All(holds => holds);
        // Along the circle of 1/T the expected logit only falls.
        return rises && falls && points.Zip(points[1..], (first, second) => second.ExpectedLogit <= first.ExpectedLogit + 1e-9).All(holds => holds);
    }

    [Test]
    public void Of_LeftOutLogits_IsThatOfTheOthers([Values(0.0, 0.7, -0.7, double.PositiveInfinity)] double temperature)
    {
        double[] withOut = [.. Logits, double.NegativeInfinity];

        Assert.That(EntropyPoint.Of(withOut, temperature), Is.EqualTo(EntropyPoint.Of(Logits, temperature)));
    }

    [Test]
    public void Of_WhatIsNoDistribution_IsRefused()
    {
        Assert.That(() => EntropyPoint.Of([double.NaN], 1), Throws.ArgumentException);
        Assert.That(() => EntropyPoint.Of([double.PositiveInfinity, 0], 1), Throws.ArgumentException);
        Assert.That(() => EntropyPoint.Of([double.NegativeInfinity], 1), Throws.ArgumentException);
        Assert.That(() => EntropyPoint.Of([1, 2], double.NaN), Throws.ArgumentException);
    }

    private static double[] Softmax(double[] z)
    {
        var total = z.Sum(Math.Exp);
        return [.. z.Select(value => Math.Exp(value) / total)];
    }
}
