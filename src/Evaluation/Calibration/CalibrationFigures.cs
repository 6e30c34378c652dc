using Lhts.Evaluation.Grid;
using Lhts.Evaluation.Temperatures;

namespace Lhts.Evaluation.Calibration;

/// <summary>How well probabilities at a temperature fit what came, with 95 % bootstrap intervals by group.</summary>
/// <param name="Temperature">T that the logits were divided by.</param>
/// <param name="NegativeLogLikelihood">Mean of -log p(what came), nats.</param>
/// <param name="Brier">Mean of the sum over outcomes of (p - came)^2 (Brier 1950): from 0 to 2.</param>
/// <param name="CalibrationError">ECE: mean distance of accuracy and confidence over bins, weighted by their predictions (Naeini et al. 2015).</param>
/// <param name="Accuracy">Share of predictions whose likeliest outcome came: no temperature above 0 changes it.</param>
/// <param name="Bins">The reliability diagram.</param>
public sealed record CalibrationFigures(
    double Temperature, Estimate NegativeLogLikelihood, Estimate Brier, Estimate CalibrationError, Estimate Accuracy, IReadOnlyList<ReliabilityBin> Bins)
{
    /// <summary>Judges predictions.</summary>
    /// <param name="predictions">What was held out.</param>
    /// <param name="temperature">Above 0.</param>
    /// <param name="options">Bins and resamples.</param>
    /// <param name="cancellation">Ends the work between two chunks.</param>
    public static CalibrationFigures Of(
        IPredictions predictions, double temperature, CalibrationOptions options, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        CalibrationSums[] groups = [.. Enumerable.Range(0, predictions.NumGroups).Select(_ => new CalibrationSums(options.NumBins))];
        foreach (var chunk in predictions.Chunks(cancellation)) CalibrationSums.Add(groups, chunk, temperature);
        var whole = CalibrationSums.Total(groups);
        var resamples = Enumerable.Range(0, options.NumResamples).Select(number => CalibrationSums.Resample(groups, options.Seed, number)).ToArray();
        return new CalibrationFigures(
            temperature, Interval(sums => sums.NegativeLogLikelihood), Interval(sums => sums.Brier), Interval(sums => sums.CalibrationError),
            Interval(sums => sums.Accuracy), whole.Bins());

        Estimate Interval(Func<CalibrationSums, double> figure) => Estimate.Of(figure(whole), resamples.Select(figure));
    }
}
