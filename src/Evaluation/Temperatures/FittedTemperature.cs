namespace Lhts.Evaluation.Temperatures;

/// <summary>The temperature at which a model's predictions give what came the greatest likelihood.</summary>
/// <param name="Inverse">1/T, where it is finite: the scale on which the problem is concave and errors are even.</param>
/// <param name="InverseError">Its standard error, from the curvature: predictions are independent, given what stands before them.</param>
/// <param name="Count">How many predictions.</param>
/// <param name="LogLikelihood">Of a prediction at this temperature, nats.</param>
/// <param name="LogLikelihoodAtOne">At T = 1.</param>
/// <param name="NumIterations">Newton's steps.</param>
public sealed record FittedTemperature(
    double Inverse, double InverseError, long Count, double LogLikelihood, double LogLikelihoodAtOne, int NumIterations)
{
    private const double Z = 1.959964;

    /// <summary>
    /// Standard error of 1/T where predictions of one group depend on each other (sandwich, by group); NaN for fewer than two groups.
    /// </summary>
    public double InverseErrorByGroup { get; init; } = double.NaN;

    /// <summary>T: 0 where all that came was the likeliest, -0 the least likely, infinite where logits tell nothing.</summary>
    public double Temperature => 1 / Inverse;

    /// <summary>Standard error of T, by the delta method; 0 at the ends of the line.</summary>
    public double StandardError => double.IsInfinity(Inverse) ? 0 : InverseError * Temperature * Temperature;

    /// <summary>The same by group.</summary>
    public double StandardErrorByGroup => double.IsInfinity(Inverse) ? 0 : InverseErrorByGroup * Temperature * Temperature;

    /// <summary>exp of the mean negative log-likelihood.</summary>
    public double Perplexity => Math.Exp(-LogLikelihood);

    /// <summary>At T = 1.</summary>
    public double PerplexityAtOne => Math.Exp(-LogLikelihoodAtOne);

    /// <summary>The 95 % interval of T; where that of 1/T holds 0, all of the line beyond its ends, infinity included.</summary>
    public (double Low, double High) Interval
    {
        get
        {
            var (low, high) = (Inverse - (Z * InverseError), Inverse + (Z * InverseError));
            return low * high > 0 ? (1 / high, 1 / low) : (1 / high, double.PositiveInfinity);
        }
    }
}
