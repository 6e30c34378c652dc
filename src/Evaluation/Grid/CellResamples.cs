using Lhts.Sampling;

namespace Lhts.Evaluation.Grid;

/// <summary>
/// A cell's likelihood and diversity in resamples of its texts, drawn with replacement (Efron 1979), both from the same texts.
/// </summary>
/// <remarks>
/// Distinct-n of a resample would be too low: a text that is drawn twice repeats all its n-grams. What is resampled is each text's influence
/// instead, as the jackknife has it (n times the figure less n - 1 times that without the text; Efron and Stein 1981), about the figure of all texts.
/// </remarks>
public sealed class CellResamples
{
    private CellResamples(double[] logLikelihoods, double[] diversities) => (LogLikelihoods, Diversities) = (logLikelihoods, diversities);

    /// <summary>The mean log-likelihood of a token in each resample.</summary>
    public IReadOnlyList<double> LogLikelihoods { get; }

    /// <summary>Distinct-2 in each resample.</summary>
    public IReadOnlyList<double> Diversities { get; }

    /// <summary>Resamples a cell.</summary>
    /// <param name="cell">The cell, of two texts or more.</param>
    /// <param name="count">How many resamples.</param>
    /// <param name="seed">Of the draws; cells have different ones of the same seed.</param>
    public static CellResamples Of(GridCell cell, int count, ulong seed)
    {
        var (texts, influences, diversity) = (cell.Texts, InfluencesOf(cell), cell.Diversity);
        var own = cell.Key.SeedFrom(seed);
        var (logLikelihoods, diversities) = (new double[count], new double[count]);
        for (var resample = 0; resample < count; resample++)
        {
            var (sum, tokens, influence) = (0.0, 0L, 0.0);
            for (var i = 0; i < texts.Count; i++)
            {
                var drawn = (int)(CounterRandom.Uniform(own, resample, i) * texts.Count);
                sum += texts[drawn].LogLikelihood;
                tokens += texts[drawn].Tokens;
                influence += influences[drawn];
            }

            logLikelihoods[resample] = sum / tokens;
            diversities[resample] = diversity + influence / texts.Count;
        }

        return new CellResamples(logLikelihoods, diversities);
    }

    /// <summary>The jackknife's pseudo-values of distinct-2 less their mean.</summary>
    private static double[] InfluencesOf(GridCell cell)
    {
        var numBigrams = cell.Texts.Sum(text => (long)text.Bigrams);
        double[] without = [.. cell.Texts.Select(text => (cell.NumDistinct - text.OwnBigrams) / (double)(numBigrams - text.Bigrams))];
        var mean = without.Average();
        return Array.ConvertAll(without, value => (cell.Texts.Count - 1) * (mean - value));
    }
}
