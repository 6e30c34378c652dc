using System.Globalization;

namespace Lhts.Scaling.Benchmarks;

/// <summary>A Markdown table.</summary>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> rows = [];

    public Table Add(params string[] cells)
    {
        rows.Add(cells);
        return this;
    }

    public void Print(TextWriter output)
    {
        output.WriteLine(Line(columns));
        output.WriteLine($"|{string.Concat(columns.Select((_, column) => column == 0 ? "---|" : "---:|"))}");
        foreach (var row in rows) output.WriteLine(Line(row));
        output.WriteLine();
    }

    public static string Milliseconds(double seconds) => Number(seconds * 1000, seconds < 0.01 ? "F2" : seconds < 0.1 ? "F1" : "F0");

    public static string Percent(double share) => double.IsNaN(share) ? "" : Number(share * 100, "F1") + " %";

    public static string Megabytes(double bytes) => Number(bytes / 1e6, "F2");

    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
