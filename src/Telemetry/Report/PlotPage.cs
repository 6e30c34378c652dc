using System.Net;
using System.Text;
using Lhts.Basics;
using Lhts.Telemetry.Report.Plots;

namespace Lhts.Telemetry;

/// <summary>What belongs together in a plot of <see cref="PlotPage"/>.</summary>
/// <param name="Name">Its line in the legend.</param>
/// <param name="Points">X, Y and half the length of the error bar along Y.</param>
public sealed record PlotCurve(string Name, IReadOnlyList<(double X, double Y, double Error)> Points)
{
    /// <summary>Whether points are joined by a line. Default: true.</summary>
    public bool IsLine { get; init; } = true;

    /// <summary>Whether points are marked. Default: true.</summary>
    public bool IsMarked { get; init; } = true;
}

/// <summary>A plot of <see cref="PlotPage"/>.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="XLabel">The x axis.</param>
/// <param name="YLabel">The y axis.</param>
/// <param name="Curves">What is drawn; points that are not finite are left out.</param>
public sealed record PlotFigure(string Title, string XLabel, string YLabel, IReadOnlyList<PlotCurve> Curves);

/// <summary>A self-contained page of plots with the figures as text: what <c>--html</c> of a measuring command writes.</summary>
public static class PlotPage
{
    private const int Width = 860, Height = 420;

    private const string Style =
        "body{margin:2rem auto;max-width:900px;padding:0 1rem;font:15px/1.5 system-ui,sans-serif;color-scheme:light dark}pre{overflow:auto}svg{width:100%}";

    private static readonly string[] Colours = ["#4c78d8", "#e0862f", "#2fa37c", "#cf5470", "#8a63d2", "#8d8d94"];

    /// <summary>Writes the page, whole or not at all.</summary>
    /// <param name="path">The page.</param>
    /// <param name="title">Its title.</param>
    /// <param name="text">The figures as text.</param>
    /// <param name="figures">The plots.</param>
    /// <exception cref="IOException">The page cannot be written.</exception>
    public static void Write(string path, string title, string text, IReadOnlyList<PlotFigure> figures) =>
        AtomicFile.WriteAllText(path, Render(title, text, figures));

    /// <summary>The page.</summary>
    public static string Render(string title, string text, IReadOnlyList<PlotFigure> figures)
    {
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>").Append(WebUtility.HtmlEncode(title))
            .Append("</title><style>").Append(Style).Append("</style></head><body>\n<h1>").Append(WebUtility.HtmlEncode(title)).Append("</h1>\n");
        foreach (var figure in figures)
        {
            page.Append("<h2>").Append(WebUtility.HtmlEncode(figure.Title)).Append("</h2>\n").Append(Plot(figure).Draw(Width, Height)).Append('\n');
        }

        return page.Append("<pre>").Append(WebUtility.HtmlEncode(text)).Append("</pre>\n</body></html>\n").ToString();
    }

    private static PointPlot Plot(PlotFigure figure) => new()
    {
        Title = figure.Title, XLabel = figure.XLabel, YLabel = figure.YLabel,
        Series = [.. figure.Curves.Select((curve, i) => SeriesOf(curve, Colours[i % Colours.Length]))],
    };

    private static Series SeriesOf(PlotCurve curve, string colour)
    {
        var points = curve.Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y)).ToArray();
        return new Series
        {
            Name = curve.Name, Colour = colour, Line = curve.IsLine ? [.. points.Select(point => (point.X, point.Y))] : [],
            Marks = curve.IsMarked ? [.. points.Select(point => new Mark(point.X, point.Y, 0, double.IsFinite(point.Error) ? point.Error : 0, ""))] : [],
        };
    }
}
