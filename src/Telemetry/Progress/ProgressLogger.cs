using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lhts.Telemetry.Progress;

/// <summary>Registers the log that gets along with a progress bar.</summary>
public static class ProgressLogging
{
    /// <summary>
    /// Logs to standard error, a line a message such as <c>warning: the text</c>, above the bar where one is shown. Needs an
    /// <see cref="IProgressReporter"/> among the services.
    /// </summary>
    public static ILoggingBuilder AddProgressConsole(this ILoggingBuilder logging)
    {
        logging.Services.AddSingleton<ILoggerProvider>(
            services => new ProgressLoggerProvider(services.GetRequiredService<IProgressReporter>(), Console.Error));
        return logging;
    }
}

/// <summary>Writes log messages without tearing the progress bar.</summary>
internal sealed class ProgressLoggerProvider(IProgressReporter progress, TextWriter output) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> format)
    {
        var line = $"{Word(level)}: {format(state, exception)}";
        progress.Interrupt(() => output.WriteLine(exception is null ? line : $"{line}{Environment.NewLine}{exception}"));
    }

    public void Dispose()
    {
        // The output is the process's own.
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Information => "info",
        _ => level.ToString().ToLowerInvariant(),
    };
}
