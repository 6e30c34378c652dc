using System.Globalization;
using System.Text;

namespace Lhts.Trainer.Commands;

/// <summary>Aligned columns of figures for terminals: the first to the left, the others to the right.</summary>
internal static class Columns
{
    /// <summary>A header and rows, each ended by a line feed.</summary>
    public static string Format(string[] header, IEnumerable<string[]> rows)
    {
        string[][] lines = [header, .. rows];
        int[] widths = [.. Enumerable.Range(0, header.Length).Select(column => lines.Max(line => line[column].Length))];
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            var cells = line.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A number; temperatures at the ends of the line have their names.</summary>
    public static string Number(double value, string format) => value switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        0 when double.IsNegative(value) => "-0",
        _ => value.ToString(format, CultureInfo.InvariantCulture),
    };
}
