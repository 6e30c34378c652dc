namespace Lhts.Evaluation.Tasks;

/// <summary>An accuracy over questions with its 95 % confidence interval.</summary>
/// <param name="Value">Mean of the questions' accuracies.</param>
/// <param name="Low">Lower bound.</param>
/// <param name="High">Upper bound.</param>
public sealed record AccuracyEstimate(double Value, double Low, double High)
{
    /// <summary>Standard normal quantile of 97.5 %.</summary>
    private const double Z = 1.959964;

    /// <summary>
    /// Answers to one question depend on each other, so questions are the independent draws. Wilson's interval (1927), which stays within
    /// 0 and 1, is taken with the number of single answers that would have the same standard error.
    /// </summary>
    /// <param name="accuracies">One for each question.</param>
    /// <exception cref="ArgumentException">There are no questions.</exception>
    public static AccuracyEstimate Of(IReadOnlyList<double> accuracies)
    {
        if (accuracies.Count == 0) throw new ArgumentException("An accuracy takes one question at least.", nameof(accuracies));
        var mean = accuracies.Average();
        var squaredError = SquaredError(accuracies, mean);
        var effective = squaredError > 0 ? Math.Max(accuracies.Count, mean * (1 - mean) / squaredError) : accuracies.Count;

        var scale = 1 + Z * Z / effective;
        var centre = (mean + Z * Z / (2 * effective)) / scale;
        var half = Z / scale * Math.Sqrt(mean * (1 - mean) / effective + Z * Z / (4 * effective * effective));
        return new AccuracyEstimate(mean, Math.Max(0, centre - half), Math.Min(1, centre + half));
    }

    /// <summary>The squared standard error of a mean of independent values; 0 for a single one.</summary>
    internal static double SquaredError(IReadOnlyList<double> values, double mean) =>
        values.Count < 2 ? 0 : values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1) / values.Count;
}
