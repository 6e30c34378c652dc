using System.Diagnostics;
using System.Text;

namespace Lhts.Testing;

/// <summary>A process whose output is collected while it runs. Disposing ends it.</summary>
public sealed class CollectedProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process process;
    private readonly TimeSpan longest;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();

    /// <summary>Starts it.</summary>
    /// <param name="start">Program, arguments and environment; its streams are redirected here.</param>
    /// <param name="longest">How long <see cref="Wait"/> waits.</param>
    public CollectedProcess(ProcessStartInfo start, TimeSpan longest)
    {
        this.longest = longest;
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Runs a program to its end and gives what it wrote, each line with its end.</summary>
    /// <exception cref="TimeoutException">It took longer than five minutes.</exception>
    public static (int ExitCode, string Output, string Errors) Run(ProcessStartInfo start)
    {
        using var process = new CollectedProcess(start, Patience);
        var code = process.Wait();
        return (code, process.Output, process.Errors);
    }

    /// <inheritdoc cref="Run(ProcessStartInfo)"/>
    public static (int ExitCode, string Output, string Errors) Run(string program, params string[] arguments) =>
        Run(new ProcessStartInfo(program, arguments));

    /// <summary>Its number.</summary>
    public int Id => process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>What it wrote to standard output until now, each line with its end.</summary>
    public string Output => Text(output);

    /// <summary>What it wrote to standard error until now, each line with its end.</summary>
    public string Errors => Text(errors);

    /// <summary>Waits for the end, and for all that was written; kills a process that takes too long.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It did not end; the message holds what it wrote.</exception>
    public int Wait()
    {
        if (!process.WaitForExit(longest))
        {
            process.Kill();
            throw new TimeoutException($"The process did not end within {longest}.\n{Output}\n{Errors}");
        }

        process.WaitForExit(); // until both streams are read to their ends
        return process.ExitCode;
    }

    /// <summary>Ends it by SIGKILL and waits for that.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }
}
