namespace Lhts.Evaluation;

/// <summary>A measured curve: straight lines between neighbouring points.</summary>
internal static class Polyline
{
    /// <summary>Every height at which the curve is above <paramref name="x"/>, in the order of the points; exact at a point, none outside of all.</summary>
    public static IEnumerable<double> HeightsAt(IReadOnlyList<(double X, double Y)> points, double x)
    {
        for (var i = 0; i < points.Count; i++)
        {
            var start = points[i];
            if (start.X == x) yield return start.Y;
            if (i + 1 == points.Count) yield break;
            var end = points[i + 1];
            var share = (x - start.X) / (end.X - start.X);
            if (share is > 0 and < 1) yield return start.Y + (share * (end.Y - start.Y));
        }
    }
}
