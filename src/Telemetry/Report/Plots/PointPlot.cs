using System.Globalization;
using System.Net;
using System.Text;

namespace Lhts.Telemetry.Report.Plots;

/// <summary>
/// A picture of points with error bars, lines, labels and a legend, as SVG: drawn here and not in the page, so that the same picture stands by itself
/// in a README. It follows light and dark by itself.
/// </summary>
internal sealed record PointPlot
{
    private const double Left = 62, Right = 16, Bottom = 46, LegendLine = 20, FontSize = 12.5, Radius = 4.5;

    // A label that must be shown may go further from its point than one that may be left out.
    private const int FarRings = 4;

    // Of the usual sans-serif faces, a little on the wide side: labels keep apart.
    private const double CharacterWidth = 0.56 * FontSize;

    private const string Style =
        ".lhts-plot{--ink:#1c1e21;--quiet:#63676e;--grid:#e6e7ea;--paper:#fff}"
        + "@media(prefers-color-scheme:dark){.lhts-plot{--ink:#e7e8ea;--quiet:#9da2aa;--grid:#30343a;--paper:#1d2024}}"
        + ".lhts-plot text{fill:var(--ink);font:12.5px system-ui,-apple-system,\"Segoe UI\",Roboto,sans-serif}.lhts-plot .quiet{fill:var(--quiet)}"
        + ".lhts-plot .grid{stroke:var(--grid)}.lhts-plot .paper{fill:var(--paper)}";

    /// <summary>What it shows, for those who cannot see it.</summary>
    public required string Title { get; init; }

    /// <summary>The x axis.</summary>
    public required string XLabel { get; init; }

    /// <summary>The y axis.</summary>
    public required string YLabel { get; init; }

    /// <summary>What is drawn, the first at the bottom.</summary>
    public required IReadOnlyList<Series> Series { get; init; }

    /// <summary>The picture.</summary>
    /// <param name="width">In pixels at its own size.</param>
    /// <param name="height">In pixels at its own size.</param>
    public string Draw(int width, int height)
    {
        var text = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lhts-plot\" viewBox=\"0 0 {width} {height}\" role=\"img\" "
            + $"aria-label=\"{WebUtility.HtmlEncode(Title)}\">"))
            .Append("<style>").Append(Style).Append("</style>")
            .Append(CultureInfo.InvariantCulture, $"<rect class=\"paper\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>");
        var svg = new Svg(text);
        var frame = new Box(Left, DrawLegend(svg, width) + 8, width - Right, height - Bottom);
        var (x, y) = Axes(frame);
        DrawAxes(svg, frame, x, y);
        foreach (var series in Series) DrawSeries(svg, series, x, y);
        DrawLabels(svg, frame, x, y);
        return text.Append("</svg>").ToString();
    }

    /// <summary>Gives back where the legend ends.</summary>
    private double DrawLegend(Svg svg, int width)
    {
        const double Sample = 30;
        var (left, top) = (Right, 18.0);
        var longest = (int)((width - (2 * Right) - Sample) / CharacterWidth);
        foreach (var series in Series.Where(series => series.Name.Length > 0))
        {
            var name = series.Name.Length <= longest ? series.Name : series.Name[..(longest - 1)] + "…";
            var needed = Sample + 10 + (name.Length * CharacterWidth);
            if (left > Right && left + needed > width - Right) (left, top) = (Right, top + LegendLine);
            if (series.Line.Count > 0) svg.Line(left, top - 4, left + 24, top - 4, StrokeOf(series));
            if (series.Marks.Count > 0) svg.Mark(left + 12, top - 4, series.Shape, series.Colour, Radius);
            svg.Text(left + Sample, top, "start", name);
            left += needed + 10;
        }

        return top;
    }

    private (Ticks X, Ticks Y) Axes(Box frame)
    {
        double[] xs =
        [
            .. Series.SelectMany(series => series.Line.Select(point => point.X)),
            .. Series.SelectMany(series => series.Marks).SelectMany(mark => (double[])[mark.X - mark.ErrorX, mark.X + mark.ErrorX]),
        ];
        double[] ys =
        [
            .. Series.SelectMany(series => series.Line.Select(point => point.Y)),
            .. Series.SelectMany(series => series.Marks).SelectMany(mark => (double[])[mark.Y - mark.ErrorY, mark.Y + mark.ErrorY]),
        ];
        var ((lowX, highX), (lowY, highY)) = (Ticks.RangeOf(xs, 0.07), Ticks.RangeOf(ys, 0.1));
        return (new(lowX, highX, frame.Left, frame.Right, (int)((frame.Right - frame.Left) / 60)),
            new(lowY, highY, frame.Bottom, frame.Top, (int)((frame.Bottom - frame.Top) / 40)));
    }

    private void DrawAxes(Svg svg, Box frame, Ticks x, Ticks y)
    {
        foreach (var value in x.Values)
        {
            svg.Line(x.At(value), frame.Top, x.At(value), frame.Bottom, "class=\"grid\"");
            svg.Text(x.At(value), frame.Bottom + 17, "middle", Number(value, x.Decimals), "class=\"quiet\"");
        }

        foreach (var value in y.Values)
        {
            svg.Line(frame.Left, y.At(value), frame.Right, y.At(value), "class=\"grid\"");
            svg.Text(frame.Left - 8, y.At(value) + 4, "end", Number(value, y.Decimals), "class=\"quiet\"");
        }

        svg.Text((frame.Left + frame.Right) / 2, frame.Bottom + 37, "middle", XLabel, "class=\"quiet\"");
        var middle = ((frame.Top + frame.Bottom) / 2).ToString("0.#", CultureInfo.InvariantCulture);
        svg.Text(14, (frame.Top + frame.Bottom) / 2, "middle", YLabel, $"class=\"quiet\" transform=\"rotate(-90 14 {middle})\"");
    }

    private static void DrawSeries(Svg svg, Series series, Ticks x, Ticks y)
    {
        if (series.Line.Count > 1) svg.Polyline(series.Line.Select(point => (x.At(point.X), y.At(point.Y))), StrokeOf(series));
        foreach (var mark in series.Marks)
        {
            var (atX, atY) = (x.At(mark.X), y.At(mark.Y));
            var stroke = $"stroke=\"{series.Colour}\" stroke-width=\"1.3\"";
            if (mark.ErrorX > 0) svg.Line(x.At(mark.X - mark.ErrorX), atY, x.At(mark.X + mark.ErrorX), atY, stroke);
            if (mark.ErrorY > 0) svg.Line(atX, y.At(mark.Y - mark.ErrorY), atX, y.At(mark.Y + mark.ErrorY), stroke);
            svg.Mark(atX, atY, series.Shape, series.Colour, Radius);
        }
    }

    /// <summary>Those that must be shown come first and are joined to their point where they had to move away from it.</summary>
    private void DrawLabels(Svg svg, Box frame, Ticks x, Ticks y)
    {
        var placer = new LabelPlacer(frame);
        foreach (var series in Series) Reserve(placer, series, x, y);
        foreach (var series in Series.OrderByDescending(series => series.IsLabelled))
        {
            foreach (var mark in series.Marks.Where(mark => mark.Label.Length > 0))
            {
                var (atX, atY) = (x.At(mark.X), y.At(mark.Y));
                if (placer.Place(atX, atY, mark.Label.Length * CharacterWidth, FontSize + 3, series.IsLabelled ? FarRings : 1) is not { } box) continue;
                svg.Text(box.Left, box.Bottom - 4, "start", mark.Label, series.IsLabelled ? "" : "class=\"quiet\"");
            }
        }
    }

    private static void Reserve(LabelPlacer placer, Series series, Ticks x, Ticks y)
    {
        const int Pieces = 24;
        foreach (var mark in series.Marks)
        {
            var (atX, atY) = (x.At(mark.X), y.At(mark.Y));
            placer.Keep(Box.Around(atX, atY, Radius + 1));
            placer.Keep(new(x.At(mark.X - mark.ErrorX), atY - 1, x.At(mark.X + mark.ErrorX), atY + 1));
            placer.Keep(new(atX - 1, y.At(mark.Y + mark.ErrorY), atX + 1, y.At(mark.Y - mark.ErrorY)));
        }

        foreach (var (start, end) in series.Line.Zip(series.Line.Skip(1)))
        {
            for (var i = 0; i <= Pieces; i++)
            {
                var share = (double)i / Pieces;
                placer.Avoid(Box.Around(x.At(start.X + (share * (end.X - start.X))), y.At(start.Y + (share * (end.Y - start.Y))), 2));
            }
        }
    }

    private static string StrokeOf(Series series) => $"stroke=\"{series.Colour}\" stroke-width=\"1.8\"{(series.IsDashed ? " stroke-dasharray=\"5 4\"" : "")}";

    private static string Number(double value, int decimals) =>
        (Math.Abs(value) < 1e-9 ? 0 : value).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
