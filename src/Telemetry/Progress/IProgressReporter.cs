namespace Lhts.Telemetry;

/// <summary>
/// Shows how far long work is: a bar in a terminal, plain lines elsewhere. One piece of work at a time, reported by one thread; others may
/// write in between through <see cref="Interrupt"/>. Nothing needs to be undone when the process ends in the middle: the cursor is never
/// hidden and no mode of the terminal is changed.
/// </summary>
public interface IProgressReporter
{
    /// <summary>Characters that a line of the terminal holds; null where lines may be of any length, as in pipes.</summary>
    int? Width { get; }

    /// <summary>Starts to show a piece of work; dispose the result when it ends, finished or not.</summary>
    /// <param name="title">What is done, in a word or two.</param>
    /// <param name="total">The number of units to do, or null when it is not known.</param>
    /// <param name="unit">What is counted, e.g. "steps".</param>
    /// <param name="done">Units done before, by an earlier run that is resumed; they do not count for the speed. Default 0.</param>
    IProgress Begin(string title, long? total, string unit, long done = 0);

    /// <summary>Writes a line of text; above the bar, if one is shown.</summary>
    void WriteLine(string text);

    /// <summary>
    /// Lets something else write whole lines to the terminal, such as a log: takes the bar away before and puts it back after. May be
    /// called
    /// from any thread.
    /// </summary>
    void Interrupt(Action write);
}

/// <summary>A piece of work that is being shown.</summary>
public interface IProgress : IDisposable
{
    /// <summary>Time until the end at the speed so far, or null when it cannot be told.</summary>
    TimeSpan? Remaining { get; }

    /// <summary>Says how far the work is. Cheap when it is not yet time to show it again: call it as often as wanted.</summary>
    /// <param name="done">Units done in all, resumed ones included.</param>
    /// <param name="figures">
    /// The figures that matter now, in the order in which they are shown; the last ones are cut when the line is full.
    /// </param>
    void Report(long done, params ReadOnlySpan<ProgressFigure> figures);
}

/// <summary>How a figure is written.</summary>
public enum FigureStyle
{
    /// <summary>Four significant digits: 2.345, 0.001234, 1.2e-05.</summary>
    Number,

    /// <summary>A whole number with k, M, G from a thousand on: 12.3k.</summary>
    Count,

    /// <summary>A share from 0 to 1 as per cent: 71%.</summary>
    Percent,
}

/// <summary>A figure in a line of progress.</summary>
/// <param name="Name">Its name, short.</param>
/// <param name="Value">Its value; NaN and infinities are shown as such.</param>
/// <param name="Style">How it is written. Default four significant digits.</param>
public readonly record struct ProgressFigure(string Name, double Value, FigureStyle Style = FigureStyle.Number)
{
    /// <summary>The seconds that the value took, of which the rate over the last ten is shown. Default null: the value itself is.</summary>
    public double? Seconds { get; init; }
}
