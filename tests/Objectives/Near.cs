using TorchSharp;

namespace Lhts.Objectives.Tests;

/// <summary>Comparisons of tensors with a message that says how far apart they are.</summary>
internal static class Near
{
    public static double[] Values(this torch.Tensor tensor) =>
        tensor.detach().to(torch.ScalarType.Float64).cpu().contiguous().data<double>().ToArray();

    public static void Assert(torch.Tensor actual, torch.Tensor expected, double tolerance, string what)
    {
        NUnit.Framework.Assert.That(actual.shape, Is.EqualTo(expected.shape), what);
        Assert(actual.Values(), expected.Values(), tolerance, what);
    }

    public static void Assert(double[] actual, double[] expected, double tolerance, string what)
    {
        NUnit.Framework.Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        for (var i = 0; i < expected.Length; i++)
        {
            NUnit.Framework.Assert.That(actual[i], Is.EqualTo(expected[i]).Within(tolerance), $"{what}, element {i}");
        }
    }
}
