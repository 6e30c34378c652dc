using System.Diagnostics;

namespace Lhts.Scaling.Benchmarks.Measuring;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    /// <summary>Whether it could be run and ended well; what it wrote to standard error otherwise.</summary>
    public static bool TryRun(string program, string arguments, out string error)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            error = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            error = missing.Message;
            return false;
        }
    }

    /// <summary>Runs it.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static void Run(string program, string arguments)
    {
        if (!TryRun(program, arguments, out var error)) throw new InvalidOperationException($"'{program} {arguments}' failed: {error}");
    }
}
