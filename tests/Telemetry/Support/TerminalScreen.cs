namespace Lhts.Telemetry.Tests;

/// <summary>
/// As much of a terminal as progress needs: carriage return, line feed, wrapping, cursor up, clear to the end of the line.
/// </summary>
public static class TerminalScreen
{
    private const char Escape = '\u001b';

    /// <summary>The lines of a terminal of a width after a text, without trailing blanks.</summary>
    public static string[] After(string text, int width)
    {
        var lines = new List<char[]>();
        var (row, column) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == Escape)
            {
                var command = i + 2;
                while (!char.IsAsciiLetter(text[command])) command++;
                if (text[command] == 'A') row--;
                else if (text[command] == 'K') Array.Fill(LineAt(lines, row, width), ' ', column, width - column);
                else Assert.That(text[command], Is.EqualTo('m'), "only these sequences are known here");
                i = command;
                continue;
            }

            if (text[i] is '\r' or '\n')
            {
                (row, column) = (text[i] == '\n' ? row + 1 : row, 0);
                continue;
            }

            if (column == width) (row, column) = (row + 1, 0);
            LineAt(lines, row, width)[column++] = text[i];
        }

        LineAt(lines, row, width);
        return [.. lines.Select(line => new string(line).TrimEnd())];
    }

    private static char[] LineAt(List<char[]> lines, int row, int width)
    {
        while (lines.Count <= row) lines.Add([.. Enumerable.Repeat(' ', width)]);
        return lines[row];
    }
}
