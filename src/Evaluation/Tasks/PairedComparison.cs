using Lhts.Sampling;

namespace Lhts.Evaluation.Tasks;

/// <summary>Two models on the same questions.</summary>
/// <param name="Difference">Mean accuracy of the first less that of the second.</param>
/// <param name="Low">Lower bound of its 95 % confidence interval.</param>
/// <param name="High">Upper bound.</param>
/// <param name="PValue">
/// How often a difference at least as large in size comes up when the models' answers are exchanged at random, question by question
/// (Fisher's randomisation test, two-sided).
/// </param>
public sealed record PairedComparison(double Difference, double Low, double High, double PValue)
{
    private const double Z = 1.959964;
    private const int NumExchanges = 10_000;

    /// <summary>Compares accuracies of the same questions in the same order.</summary>
    /// <exception cref="ArgumentException">The numbers of questions differ, or there are none.</exception>
    public static PairedComparison Of(double[] first, double[] second, ulong seed = 0)
    {
        if (first.Length != second.Length || first.Length == 0)
        {
            throw new ArgumentException(
                $"A paired comparison takes the same questions of both models; {first.Length} and {second.Length} were given.");
        }

        double[] differences = [.. first.Zip(second, (left, right) => left - right)];
        var mean = differences.Average();
        var half = Z * Math.Sqrt(AccuracyEstimate.SquaredError(differences, mean));
        return new PairedComparison(mean, mean - half, mean + half, RandomisationTest(differences, seed));
    }

    private static double RandomisationTest(double[] differences, ulong seed)
    {
        // What is rounded differently in another order of summation must still count as equal.
        var observed = Math.Abs(differences.Sum()) - 1e-9;
        var count = 0;
        for (var exchange = 0; exchange < NumExchanges; exchange++)
        {
            double sum = 0;
            for (var i = 0; i < differences.Length; i++)
            {
                if (differences[i] != 0) sum += CounterRandom.Uniform(seed, exchange, i) < 0.5 ? differences[i] : -differences[i];
            }

            if (Math.Abs(sum) >= observed) count++;
        }

        return (1.0 + count) / (1.0 + NumExchanges);
    }
}
