namespace Lhts.Evaluation;

/// <summary>A mean over tokens whose independent draws are sequences: tokens of one sequence depend on each other.</summary>
internal static class RatioOfSums
{
    /// <summary>
    /// Sum of the sequences' values over the sum of their lengths, with the standard error of such a ratio for draws from an infinite population
    /// (Cochran, Sampling Techniques, 1977, eq. 2.46). <see cref="double.NaN"/> without tokens, the error with fewer than two sequences.
    /// </summary>
    public static (double Ratio, double StandardError) Of(IReadOnlyList<(double Sum, int Count)> sequences)
    {
        var numTokens = sequences.Sum(item => (long)item.Count);
        var ratio = sequences.Sum(item => item.Sum) / numTokens;
        if (sequences.Count < 2) return (ratio, double.NaN);
        var squares = sequences.Sum(item => Math.Pow(item.Sum - (ratio * item.Count), 2));
        return (ratio, Math.Sqrt(squares * sequences.Count / (sequences.Count - 1)) / numTokens);
    }
}
