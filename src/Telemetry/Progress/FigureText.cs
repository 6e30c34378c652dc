using System.Globalization;
using System.Text;

namespace Lhts.Telemetry.Progress;

/// <summary>The written form of figures and durations, the same in every culture.</summary>
internal static class FigureText
{
    /// <summary>Each figure with its name, such as "loss 2.345" or "loss=2.345".</summary>
    public static string[] Each(ReadOnlySpan<ProgressFigure> figures, string equals)
    {
        var texts = new string[figures.Length];
        for (var i = 0; i < figures.Length; i++) texts[i] = figures[i].Name + equals + Of(figures[i]);
        return texts;
    }

    /// <summary>As many of the first figures in a row as fit.</summary>
    public static string Row(string[] figures, string separator, int width)
    {
        var row = new StringBuilder();
        foreach (var figure in figures)
        {
            var between = row.Length > 0 ? separator : "";
            if (row.Length + between.Length + figure.Length > width) break;
            row.Append(between).Append(figure);
        }

        return row.ToString();
    }

    /// <summary>The value of a figure.</summary>
    public static string Of(in ProgressFigure figure) => figure.Style switch
    {
        FigureStyle.Count => Count(figure.Value),
        FigureStyle.Percent => Text($"{figure.Value * 100:0}%"),
        _ => figure.Value.ToString("G4", CultureInfo.InvariantCulture).Replace("E-", "e-", StringComparison.Ordinal)
            .Replace("E+", "e+", StringComparison.Ordinal),
    };

    /// <summary>A duration as 9s, 4:05, 2:04:05 or 3d 02:04.</summary>
    public static string Duration(TimeSpan duration)
    {
        var seconds = (long)Math.Round(Math.Max(0, duration.TotalSeconds));
        var (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
        if (seconds < 60) return Text($"{seconds}s");
        if (hours < 1) return Text($"{minutes}:{seconds % 60:00}");
        return days < 1
            ? Text($"{hours}:{minutes % 60:00}:{seconds % 60:00}")
            : Text($"{days}d {hours % 24:00}:{minutes % 60:00}");
    }

    private static string Count(double value)
    {
        var (scaled, suffix) = Math.Abs(value) switch
        {
            >= 999.5e6 => (value / 1e9, "G"),
            >= 999.5e3 => (value / 1e6, "M"),
            >= 999.5 => (value / 1e3, "k"),
            _ => (value, ""),
        };
        return suffix.Length == 0 ? Text($"{scaled:0}") : Text($"{scaled:0.0}{suffix}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
