namespace Lhts.Evaluation;

/// <summary>The place of the largest value of a curve that is known at a few points, with errors.</summary>
internal static class Peak
{
    private const int NumNeighbours = 5;

    // A point without any error (the teacher itself at T = 1) must not drown the others.
    private const double LeastError = 1e-3;

    /// <summary>
    /// The vertex of the parabola in log x, fitted by least squares to the largest point and its nearest neighbours; the largest point itself where
    /// the parabola has no peak between the neighbours.
    /// </summary>
    public static double Of(IReadOnlyList<(double X, double Value, double Error)> points)
    {
        var largest = points.MaxBy(point => point.Value);
        var (centre, top) = (Math.Log(largest.X), largest.Value);
        (double X, double Y, double Weight)[] near = [.. points
            .Select(point => (X: Math.Log(point.X) - centre, Y: point.Value - top, Weight: WeightOf(point.Error)))
            .OrderBy(point => Math.Abs(point.X))
            .Take(NumNeighbours)];
        var (slope, curvature) = Fit(near);
        var vertex = -slope / (2 * curvature);
        var isPeak = curvature < 0 && vertex >= near.Min(point => point.X) && vertex <= near.Max(point => point.X);
        return isPeak ? Math.Exp(centre + vertex) : largest.X;
    }

    private static double WeightOf(double error) => double.IsFinite(error) ? 1 / Math.Pow(Math.Max(error, LeastError), 2) : 1;

    /// <summary>b and c of a + b x + c x^2 with the least weighted squares: the normal equations by Cramer's rule about the weighted means.</summary>
    private static (double Slope, double Curvature) Fit((double X, double Y, double Weight)[] points)
    {
        var total = points.Sum(point => point.Weight);
        var meanX = points.Sum(point => point.Weight * point.X) / total;
        var meanSquare = points.Sum(point => point.Weight * point.X * point.X) / total;
        double xx = 0, xs = 0, ss = 0, xy = 0, sy = 0;
        foreach (var (x, y, weight) in points)
        {
            var (u, v) = (x - meanX, (x * x) - meanSquare);
            xx += weight * u * u;
            xs += weight * u * v;
            ss += weight * v * v;
            xy += weight * u * y;
            sy += weight * v * y;
        }

        var determinant = (xx * ss) - (xs * xs);
        return (((xy * ss) - (sy * xs)) / determinant, ((sy * xx) - (xy * xs)) / determinant);
    }
}
