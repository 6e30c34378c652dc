namespace Lhts.Evaluation;

/// <summary>The teacher's likelihood over its myopic temperature, against which a student's samples are measured.</summary>
/// <param name="points">Temperature and mean log-likelihood per token of the teacher's samples at it.</param>
public sealed class MyopicCurve(IEnumerable<(double Temperature, double LogLikelihood)> points)
{
    private readonly (double Temperature, double LogLikelihood)[] ordered = [.. points.OrderByDescending(point => point.Temperature)];

    /// <summary>
    /// The myopic temperature at which the teacher's own samples are as likely: the highest one on the straight lines between the points.
    /// Null outside the temperatures that were measured.
    /// </summary>
    public double? TemperatureAt(double logLikelihood)
    {
        foreach (var point in ordered)
        {
            if (point.LogLikelihood == logLikelihood) return point.Temperature;
        }

        for (var i = 1; i < ordered.Length; i++)
        {
            var ((highT, atHigh), (lowT, atLow)) = (ordered[i - 1], ordered[i]);
            var share = (logLikelihood - atHigh) / (atLow - atHigh);
            if (share is >= 0 and <= 1) return highT + (share * (lowT - highT));
        }

        return null;
    }
}
