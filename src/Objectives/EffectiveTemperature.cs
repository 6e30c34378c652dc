namespace Lhts.Objectives;

/// <summary>
/// The temperature that a student has in effect, without any partition function: an exact q = p^(1/T) / Z has
/// log p(x) - log p(y) = T * (log q(x) - log q(y)) for every pair, and least squares over all pairs gives sum(d_p d_q) / sum(d_q^2).
/// </summary>
/// <param name="Value">The estimate; NaN when all sequences are equally likely under q.</param>
/// <param name="StandardError">Of the estimate, allowing for residuals of unequal size (White 1980).</param>
public sealed record EffectiveTemperature(double Value, double StandardError)
{
    /// <summary>Estimates the temperature. The sum over all pairs is N times the sum over deviations from the mean, so this takes N steps.</summary>
    /// <param name="logP">(N): log-probs of whole sequences under the teacher.</param>
    /// <param name="logQ">(N): of the same sequences under the student.</param>
    /// <exception cref="ArgumentException">The lengths differ or are below 2.</exception>
    public static EffectiveTemperature Of(IReadOnlyList<double> logP, IReadOnlyList<double> logQ)
    {
        if (logP.Count != logQ.Count || logP.Count < 2)
        {
            throw new ArgumentException($"{logP.Count} log-probs of the teacher and {logQ.Count} of the student: give the same number, at least 2.");
        }

        var (meanP, meanQ) = (logP.Average(), logQ.Average());
        double cross = 0, square = 0;
        for (var i = 0; i < logP.Count; i++)
        {
            var deviation = logQ[i] - meanQ;
            cross += (logP[i] - meanP) * deviation;
            square += deviation * deviation;
        }

        var value = cross / square;
        double residuals = 0;
        for (var i = 0; i < logP.Count; i++)
        {
            var deviation = logQ[i] - meanQ;
            var residual = logP[i] - meanP - value * deviation;
            residuals += deviation * deviation * residual * residual;
        }

        return new(value, Math.Sqrt(residuals) / square);
    }
}
