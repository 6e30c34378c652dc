using System.Text;

namespace Lhts.Evaluation;

/// <summary>Tables for terminals and logs: columns as wide as their widest cell, the first aligned left and the others right.</summary>
internal static class TextTable
{
    private const string Gap = "  ";

    /// <summary>Header, rule and rows, each ended by a line feed.</summary>
    public static string Format(string[] header, IEnumerable<string[]> rows)
    {
        string[][] lines = [header, .. rows];
        int[] widths = [.. Enumerable.Range(0, header.Length).Select(column => lines.Max(line => line[column].Length))];
        var text = new StringBuilder();
        for (var i = 0; i < lines.Length; i++)
        {
            AppendLine(text, lines[i], widths);
            if (i == 0) AppendLine(text, [.. widths.Select(width => new string('-', width))], widths);
        }

        return text.ToString();
    }

    /// <summary>The same with fewer columns, so that no line is longer than a bound, if that can be.</summary>
    /// <param name="header">The names of the columns.</param>
    /// <param name="rows">The cells.</param>
    /// <param name="leastFirst">Names of columns that may go, in that order.</param>
    /// <param name="width">Most characters of a line.</param>
    public static string Fit(string[] header, string[][] rows, IReadOnlyList<string> leastFirst, int width)
    {
        string text;
        var numGone = 0;
        do
        {
            var gone = leastFirst.Take(numGone).ToHashSet();
            int[] kept = [.. Enumerable.Range(0, header.Length).Where(column => !gone.Contains(header[column]))];
            text = Format(Pick(header, kept), rows.Select(row => Pick(row, kept)));
        }
        while (text.Split('\n').Max(line => line.Length) > width && numGone++ < leastFirst.Count);

        return text;
    }

    private static string[] Pick(string[] cells, int[] columns) => Array.ConvertAll(columns, column => cells[column]);

    private static void AppendLine(StringBuilder text, string[] cells, int[] widths)
    {
        var padded = cells.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]));
        text.Append(string.Join(Gap, padded).TrimEnd()).Append('\n');
    }
}
