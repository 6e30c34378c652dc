using System.Diagnostics;
using System.Text;
using Lhts.Testing;

namespace Lhts.EndToEnd.Tests;

/// <summary>How a run of the command ended.</summary>
internal sealed record LhtsResult(int ExitCode, string Output, string Errors);

/// <summary>The command in a process of its own.</summary>
internal sealed class LhtsProcess
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();

    private LhtsProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public string Errors
    {
        get
        {
            lock (errors) return errors.ToString();
        }
    }

    public static LhtsProcess Start(string workingFolder, params string[] arguments) => Start(workingFolder, new Dictionary<string, string>(), arguments);

    /// <summary>The same with variables of the environment besides those of this process.</summary>
    public static LhtsProcess Start(string workingFolder, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.PathOf("artifacts", "bin", "Trainer", "release", "lhts"), arguments)
        {
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return new LhtsProcess(new Process { StartInfo = start });
    }

    public LhtsResult Wait()
    {
        if (!process.WaitForExit(Longest))
        {
            process.Kill();
            Assert.Fail($"The command did not end within {Longest}.\n{output}\n{errors}");
        }

        process.WaitForExit(); // until both streams are read to their ends
        return new LhtsResult(process.ExitCode, output.ToString(), errors.ToString());
    }

    public void Kill() => process.Kill();

    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until a condition holds or the process ends.</summary>
    public void WaitUntil(Func<bool> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var watch = Stopwatch.StartNew();
        while (!condition() && !HasExited && watch.Elapsed < Longest) tick.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.AppendLine(line);
    }
}
