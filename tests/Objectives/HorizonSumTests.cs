using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace Lhts.Objectives.Tests;

public sealed class HorizonSumTests : TensorTest
{
    [Property(MaxTest = 200)]
    public void Sum_OnRandomMasks_IsTheNaiveDoubleLoop(int seed)
    {
        var random = new Random(seed);
        var (numRows, length) = (random.Next(1, 5), random.Next(1, 40));
        long? horizon = random.Next(4) == 0 ? null : random.Next(1, 50);
        var values = Enumerable.Range(0, numRows * length).Select(_ => -10 * random.NextDouble()).ToArray();
        var mask = Enumerable.Range(0, numRows * length).Select(_ => random.Next(3) > 0).ToArray();

        using var sum = HorizonSum.Of(
            tensor(values, dtype: ScalarType.Float64).reshape(numRows, length), tensor(mask, dtype: ScalarType.Bool).reshape(numRows, length), horizon);

        Near.Assert(sum.Values(), Naive(values, mask, numRows, length, horizon), 1e-12, $"seed {seed}, horizon {horizon}");
    }

    [Test]
    public void Sum_OfALongFloat32Document_HasNoCancellation()
    {
        // A difference of two cumulative sums near 40,000 would be off by up to 0.004.
        var values = full(1, 4096, -10.1f, dtype: ScalarType.Float32);
        var sum = HorizonSum.Of(values, ones(1, 4096, dtype: ScalarType.Bool), horizon: 1);
        Assert.That(sum.Values(), Is.EqualTo(values.Values()));
    }

    [Test]
    public void Sum_WithMinusInfinity_KeepsItInItsWindows()
    {
        var values = tensor(new[] { -1.0, double.NegativeInfinity, -1.0, -1.0 }).reshape(1, 4);
        var sum = HorizonSum.Of(values, ones(1, 4, dtype: ScalarType.Bool), horizon: 2);
        Assert.That(sum.Values(), Is.EqualTo(new[] { double.NegativeInfinity, double.NegativeInfinity, -2, -1 }));
    }

    [Test]
    public void Sum_OverPadding_NeverReadsIt()
    {
        var values = tensor(new[] { -1.0, -2.0, double.NaN, double.NaN }).reshape(1, 4);
        var mask = tensor(new[] { true, true, false, false }).reshape(1, 4);
        Assert.That(HorizonSum.Of(values, mask, horizon: null).Values(), Is.EqualTo(new[] { -3.0, -2, 0, 0 }));
    }

    [TestCase(null)]
    [TestCase(5)]
    public void Sum_WithMorePadding_IsBitwiseTheSame(int? horizon)
    {
        var values = rand(3, 37, dtype: ScalarType.Float32);
        var padded = cat(new[] { values, rand(3, 50, dtype: ScalarType.Float32) }, 1);
        var mask = cat(new[] { ones(3, 37, dtype: ScalarType.Bool), zeros(3, 50, dtype: ScalarType.Bool) }, 1);

        var expected = HorizonSum.Of(values, ones(3, 37, dtype: ScalarType.Bool), horizon);

        Assert.That(HorizonSum.Of(padded, mask, horizon).narrow(1, 0, 37).Values(), Is.EqualTo(expected.Values()));
    }

    [Test]
    public void Sum_WithHorizonZero_IsRefused() =>
        Assert.That(() => HorizonSum.Of(zeros(1, 2), ones(1, 2, dtype: ScalarType.Bool), 0), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static double[] Naive(double[] values, bool[] mask, int numRows, int length, long? horizon)
    {
        var sums = new double[values.Length];
        for (var row = 0; row < numRows; row++)
        {
            for (var i = 0; i < length; i++)
            {
                var end = Math.Min(length, i + (horizon ?? length));
                for (var k = i; k < end; k++) sums[row * length + i] += mask[row * length + i] && mask[row * length + k] ? values[row * length + k] : 0;
            }
        }

        return sums;
    }
}
