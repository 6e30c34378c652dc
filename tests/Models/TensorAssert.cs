using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests;

/// <summary>Comparisons of tensors that say how far they are apart.</summary>
internal static class TensorAssert
{
    public static void AreClose(Tensor actual, Tensor expected, double tolerance, string what = "")
    {
        Assert.That(actual.shape, Is.EqualTo(expected.shape), what);
        Assert.That(MaxDifference(actual, expected), Is.LessThanOrEqualTo(tolerance), what);
    }

    public static void AreSame(Tensor actual, Tensor expected, string what = "")
    {
        Assert.That(actual.dtype, Is.EqualTo(expected.dtype), what);
        Assert.That(actual.shape, Is.EqualTo(expected.shape), what);
        using var left = actual.detach().contiguous();
        using var right = expected.detach().contiguous();
        Assert.That(left.bytes.SequenceEqual(right.bytes), Is.True, $"{what}: the bytes differ");
    }

    /// <summary>The greatest absolute difference; NaN when any is.</summary>
    public static double MaxDifference(Tensor left, Tensor right)
    {
        using var scope = NewDisposeScope();
        return (left.detach().to(ScalarType.Float64) - right.detach().to(ScalarType.Float64)).abs().max().item<double>();
    }
}
