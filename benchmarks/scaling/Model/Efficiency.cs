namespace Lhts.Scaling.Benchmarks.Model;

/// <summary>What tables derive from measured times.</summary>
public static class Efficiency
{
    /// <summary>The same work on n times as much: 1 where it takes an n-th of the time.</summary>
    public static double Strong(double alone, double together, int times) => alone / (times * together);

    /// <summary>n times the work on n times as much: 1 where it takes as long.</summary>
    public static double Weak(double alone, double together) => alone / together;

    /// <summary>The middle of some numbers; the mean of the two in the middle for an even count.</summary>
    public static double Median(IEnumerable<double> numbers)
    {
        var sorted = numbers.Order().ToArray();
        if (sorted.Length == 0) throw new ArgumentException("There is no median of nothing.", nameof(numbers));
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>How far a prediction is off, as a share of what was measured.</summary>
    public static double Error(double predicted, double measured) => (predicted / measured) - 1;
}
