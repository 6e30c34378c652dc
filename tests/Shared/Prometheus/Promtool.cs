using System.Diagnostics;

namespace Lhts.Testing;

/// <summary>Prometheus' own checker, from Debian's package prometheus.</summary>
public static class Promtool
{
    /// <summary>Runs promtool with a text on its standard input.</summary>
    public static (int ExitCode, string Output) Run(string input, params string[] arguments)
    {
        using var process = Start(arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result + errors.Result);
    }

    /// <summary>Asserts that a scrape in the format 0.0.4 is read and has nothing to complain of.</summary>
    public static void AssertClean(string metrics)
    {
        var (exitCode, output) = Run(metrics, "check", "metrics");
        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Is.Empty);
    }

    private static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("promtool", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException("This test needs promtool: apt-get install prometheus", missing);
        }
    }
}
