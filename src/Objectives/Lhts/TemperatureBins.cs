using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>Sorts temperatures into bins.</summary>
/// <param name="Edges">Ascending: what lies between the bins, one fewer than there are bins.</param>
public sealed record TemperatureBins(IReadOnlyList<double> Edges)
{
    /// <summary>One bin for everything.</summary>
    public static TemperatureBins Single { get; } = new([]);

    /// <summary>How many bins there are.</summary>
    public int Count => Edges.Count + 1;

    /// <summary>A bin for each of the temperatures; others fall to the nearest.</summary>
    public static TemperatureBins OfList(IEnumerable<double> temperatures)
    {
        var sorted = temperatures.Distinct().Order().ToArray();
        return new(sorted.Zip(sorted.Skip(1), (left, right) => (left + right) / 2).ToArray());
    }

    /// <summary>Bins of equal width from <paramref name="min"/> to <paramref name="max"/>; what lies outside falls to the first or the last.</summary>
    public static TemperatureBins OfRange(double min, double max, int count) =>
        new(Enumerable.Range(1, Math.Max(count, 1) - 1).Select(i => min + (max - min) * i / count).ToArray());

    /// <summary>(B) int64: the bin of each temperature.</summary>
    public Tensor IndexOf(Tensor temperatures)
    {
        using var scope = NewDisposeScope();
        var index = zeros_like(temperatures, dtype: ScalarType.Int64);
        foreach (var edge in Edges) index = index + temperatures.ge(edge).to(ScalarType.Int64);
        return index.MoveToOuterDisposeScope();
    }
}
