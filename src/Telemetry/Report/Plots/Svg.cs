using System.Globalization;
using System.Net;
using System.Text;

namespace Lhts.Telemetry.Report.Plots;

/// <summary>Writes the elements of a picture.</summary>
internal sealed class Svg(StringBuilder text)
{
    public void Line(double x1, double y1, double x2, double y2, string style) =>
        text.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" {style}/>");

    public void Polyline(IEnumerable<(double X, double Y)> points, string style) => text.Append("<polyline fill=\"none\" points=\"")
        .AppendJoin(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.#},{point.Y:0.#}")))
            .Append(CultureInfo.InvariantCulture, $"\" {style}/>");

    public void Text(double x, double y, string anchor, string content, string more = "") =>
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" {more}>{WebUtility.HtmlEncode(content)}</text>");

    public void Mark(double x, double y, Shape shape, string colour, double radius) => text.Append(shape switch
    {
        Shape.Ring => string.Create(
            CultureInfo.InvariantCulture, $"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{radius}\" class=\"paper\" stroke=\"{colour}\" stroke-width=\"1.8\"/>"),
        Shape.Diamond => string.Create(
            CultureInfo.InvariantCulture,
            $"<path d=\"M{x:0.#} {y - radius - 2:0.#}l{radius + 2} {radius + 2}l-{radius + 2} {radius + 2}l-{radius + 2} -{radius + 2}z\" fill=\"{colour}\"/>"),
        _ => string.Create(CultureInfo.InvariantCulture, $"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{radius}\" fill=\"{colour}\"/>"),
    });
}
