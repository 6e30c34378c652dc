namespace Lhts.Evaluation.Grid;

/// <summary>The teacher's myopic curve in the plane of likelihood and diversity: straight lines between neighbouring temperatures.</summary>
public static class MyopicFrontier
{
    /// <summary>
    /// The greatest diversity that the curve has at a likelihood. Beyond its likeliest point, where it would be less diverse still, that point's;
    /// NaN below its least likely point, where it was not measured.
    /// </summary>
    /// <param name="curve">Likelihood and diversity in the order of temperatures.</param>
    /// <param name="logLikelihood">Where to look.</param>
    public static double DiversityAt(IReadOnlyList<(double LogLikelihood, double Diversity)> curve, double logLikelihood)
    {
        var likeliest = curve.MaxBy(point => point.LogLikelihood);
        if (logLikelihood >= likeliest.LogLikelihood) return likeliest.Diversity;
        return Polyline.HeightsAt(curve, logLikelihood).DefaultIfEmpty(double.NaN).Max();
    }
}
