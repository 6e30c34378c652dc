namespace Lhts.Telemetry.Report.Plots;

/// <summary>Finds places for labels beside their points: within the frame, off other labels and points, and off lines where it can be.</summary>
/// <param name="frame">Where labels may stand.</param>
internal sealed class LabelPlacer(Box frame)
{
    private const double Gap = 9;
    private const double LineCost = 0.2;

    private readonly List<Box> taken = [];
    private readonly List<Box> lines = [];

    /// <summary>Nothing may stand here: a point, an error bar, a legend.</summary>
    public void Keep(Box box) => taken.Add(box);

    /// <summary>Better nothing stands here: a piece of a line.</summary>
    public void Avoid(Box box) => lines.Add(box);

    /// <summary>The place of a label, which is then taken; null where there is none.</summary>
    /// <param name="x">The point's x.</param>
    /// <param name="y">The point's y.</param>
    /// <param name="width">The label's width.</param>
    /// <param name="height">The label's height.</param>
    /// <param name="numRings">How many lines away from its point it may go. Default 4.</param>
    public Box? Place(double x, double y, double width, double height, int numRings = 4)
    {
        Box? best = null;
        var least = double.PositiveInfinity;
        foreach (var (box, distance) in Candidates(x, y, width, height, numRings))
        {
            if (!box.IsWithin(frame) || taken.Any(other => box.Overlap(other) > 0)) continue;
            var cost = distance + (LineCost * lines.Sum(box.Overlap));
            if (cost >= least) continue;
            (best, least) = (box, cost);
        }

        if (best is { } found) taken.Add(found);
        return best;
    }

    /// <summary>Beside the point, on ever wider rings: the right first, then left, above, below and the corners.</summary>
    private static IEnumerable<(Box Box, double Distance)> Candidates(double x, double y, double width, double height, int numRings)
    {
        for (var ring = 0; ring < numRings; ring++)
        {
            var away = Gap + (ring * height);
            foreach (var (column, row) in ((int, int)[])[(1, 0), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1), (0, -1), (0, 1)])
            {
                var left = column switch { 1 => x + Gap, -1 => x - Gap - width, _ => x - (width / 2) };
                var top = row switch { 1 => y + away - (column == 0 ? 0 : height / 2), -1 => y - away - (column == 0 ? height : height / 2),
                    _ => y - (height / 2) };
                yield return (new(left, top, left + width, top + height), (ring * height) + (row == 0 ? 0 : 1));
            }
        }
    }
}
