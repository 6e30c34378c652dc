using System.Diagnostics;
using Lhts.Testing;

namespace Lhts.EndToEnd.Tests;

/// <summary>How a run of the command ended.</summary>
internal sealed record LhtsResult(int ExitCode, string Output, string Errors);

/// <summary>The command in a process of its own.</summary>
internal sealed class LhtsProcess
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    private readonly CollectedProcess process;

    private LhtsProcess(CollectedProcess process) => this.process = process;

    /// <summary>The command's program.</summary>
    public static string Program => Repository.PathOf("artifacts", "bin", "Trainer", "release", "lhts");

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public string Errors => process.Errors;

    public string Output => process.Output;

    public static LhtsProcess Start(string workingFolder, params string[] arguments) => Start(workingFolder, new Dictionary<string, string>(), arguments);

    /// <summary>The same with variables of the environment besides those of this process.</summary>
    public static LhtsProcess Start(string workingFolder, IReadOnlyDictionary<string, string> variables, params string[] arguments) =>
        // A process in a shell's background ignores interrupts, and so would its children: these are to be interrupted.
        Start("env", workingFolder, variables, ["--default-signal=INT,HUP,QUIT,TERM", Program, .. arguments]);

    /// <summary>Another program, such as a shell around the command.</summary>
    public static LhtsProcess StartProgram(string program, string workingFolder, params string[] arguments) =>
        Start(program, workingFolder, new Dictionary<string, string>(), arguments);

    private static LhtsProcess Start(string program, string workingFolder, IReadOnlyDictionary<string, string> variables, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingFolder,
        };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return new LhtsProcess(new CollectedProcess(start, Longest));
    }

    public LhtsResult Wait()
    {
        var code = process.Wait();
        return new LhtsResult(code, process.Output, process.Errors);
    }

    public void Kill() => process.Kill();

    public void Terminate() => Signal("TERM");

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until a condition holds or the process ends.</summary>
    public void WaitUntil(Func<bool> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var watch = Stopwatch.StartNew();
        while (!condition() && !HasExited && watch.Elapsed < Longest) tick.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
    }
}
