using Spectre.Console;

namespace Lhts.Telemetry.Progress;

/// <summary>Chooses how progress is shown.</summary>
public static class ProgressReporters
{
    /// <summary>The default time between two plain lines, in seconds.</summary>
    public const int DefaultPlainSeconds = 10;

    /// <summary>
    /// A bar when the output is a terminal that can write over its lines; plain lines when it is redirected, or <c>NO_COLOR</c> is set, or
    /// <c>TERM</c> is "dumb".
    /// </summary>
    /// <param name="time">The clock.</param>
    /// <param name="plainInterval">Time between two plain lines. Default <see cref="DefaultPlainSeconds"/>.</param>
    public static IProgressReporter ForConsole(TimeProvider time, TimeSpan? plainInterval = null) =>
        Console.IsOutputRedirected ? Plain(Console.Out, time, plainInterval)
        : IsUnwanted(Environment.GetEnvironmentVariable) ? Plain(Console.Out, time, plainInterval, AnsiConsole.Profile.Width)
        : For(AnsiConsole.Console, time, plainInterval);

    /// <summary>Plain lines on standard error, for commands whose standard output is their result.</summary>
    public static IProgressReporter ForErrors(TimeProvider time, TimeSpan? plainInterval = null) => Plain(Console.Error, time, plainInterval);

    /// <summary>A bar on a console that understands ANSI sequences and is interactive; plain lines on any other.</summary>
    public static IProgressReporter For(IAnsiConsole console, TimeProvider time, TimeSpan? plainInterval = null) =>
        console.Profile.Capabilities is { Ansi: true, Interactive: true }
            ? new LiveProgressReporter(console, time)
            : Plain(console.Profile.Out.Writer, time, plainInterval);

    /// <summary>Plain lines.</summary>
    /// <param name="output">Where they go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="interval">Time between two lines. Default <see cref="DefaultPlainSeconds"/>.</param>
    /// <param name="width">Characters of a line of the terminal. Default null: the output is none.</param>
    public static IProgressReporter Plain(TextWriter output, TimeProvider time, TimeSpan? interval = null, int? width = null) =>
        new PlainProgressReporter(output, time, interval ?? TimeSpan.FromSeconds(DefaultPlainSeconds)) { Width = width };

    /// <summary>Shows nothing.</summary>
    public static IProgressReporter None { get; } = new PlainProgressReporter(TextWriter.Null, TimeProvider.System, TimeSpan.MaxValue);

    /// <summary>
    /// Whether the environment asks for plain output: any value of NO_COLOR but the empty one (no-color.org), or a dumb terminal.
    /// </summary>
    internal static bool IsUnwanted(Func<string, string?> environment) =>
        !string.IsNullOrEmpty(environment("NO_COLOR")) || environment("TERM") == "dumb";
}
