namespace Lhts.Evaluation;

/// <summary>The teacher's likelihood over its myopic temperature, against which a student's samples are measured.</summary>
/// <param name="points">Temperature and mean log-likelihood per token of the teacher's samples at it.</param>
public sealed class MyopicCurve(IEnumerable<(double Temperature, double LogLikelihood)> points)
{
    // From the highest temperature on.
    private readonly (double LogLikelihood, double Temperature)[] curve =
        [.. points.OrderByDescending(point => point.Temperature).Select(point => (point.LogLikelihood, point.Temperature))];

    /// <summary>
    /// The myopic temperature at which the teacher's own samples are as likely: the highest one on the straight lines between the points.
    /// Null outside the temperatures that were measured.
    /// </summary>
    public double? TemperatureAt(double logLikelihood)
    {
        foreach (var temperature in Polyline.HeightsAt(curve, logLikelihood)) return temperature;
        return null;
    }
}
