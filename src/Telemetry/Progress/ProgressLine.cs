using System.Globalization;
using Spectre.Console;

namespace Lhts.Telemetry.Progress;

/// <summary>The line with the bar. It never exceeds its width: first the bar shrinks and goes, then the text is cut.</summary>
internal static class ProgressLine
{
    private const int MaxBarWidth = 40;
    private const int MinBarWidth = 5;

    public static Markup Render(ProgressState state, int width, bool unicode)
    {
        var tail = Tail(state);
        var barWidth = Math.Min(MaxBarWidth, width - state.Title.Length - tail.Length - 4);
        if (state.Fraction is not { } fraction || barWidth < MinBarWidth)
        {
            return new Markup(Markup.Escape($"{state.Title}  {tail}".CutTo(width)));
        }

        var numFilled = (int)Math.Floor(fraction * barWidth);
        var (filled, empty) = unicode ? ('━', '─') : ('#', '-');
        return new Markup(
            $"{Markup.Escape(state.Title)}  [green]{new string(filled, numFilled)}[/]"
            + $"[grey]{new string(empty, barWidth - numFilled)}[/]  {Markup.Escape(tail)}");
    }

    /// <summary>The longest start of a text that fits.</summary>
    public static string CutTo(this string text, int width) => text.Length <= width ? text : text[..Math.Max(0, width)];

    private static string Tail(ProgressState state)
    {
        var count = string.Create(CultureInfo.InvariantCulture, $"{state.Done}");
        if (state.Fraction is not { } fraction) return $"{count} {state.Unit}  {FigureText.Duration(state.Elapsed)}";

        // Rounded down: 100% is for work that is done.
        var percent = string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(fraction * 100)}%");
        var time = state.Done >= state.Total ? FigureText.Duration(state.Elapsed)
            : state.Remaining is { } left ? FigureText.Duration(left) + " left"
            : "";
        return $"{percent,4}  {count}/{state.Total} {state.Unit}  {time}".TrimEnd();
    }
}
