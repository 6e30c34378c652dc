using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Lhts.Launching.Processes;

namespace Lhts.Launching.Tests;

/// <summary>
/// Agents and workers in processes of their own, for tests. <c>agent FOLDER NPROC OPTIONS</c> is what <c>lhts train</c> is with a launcher, but that its
/// workers are <c>worker FOLDER</c>: they note that they are there and wait for a signal.
/// </summary>
internal static class HelperProgram
{
    /// <summary>A worker that gets it ends with 0.</summary>
    public const int Succeed = 10; // SIGUSR1

    /// <summary>A worker that gets it writes an error and ends with 1.</summary>
    public const int Crash = 12; // SIGUSR2

    /// <summary>A worker that gets it writes an error and ends with 2.</summary>
    public const int Refuse = 14; // SIGALRM

    private static async Task<int> Main(string[] arguments)
    {
        using var ties = WorkerTies.Attach();
        try
        {
            return arguments[0] == "agent" ? await RunAgentAsync(arguments) : await RunWorkerAsync(arguments[1]);
        }
        catch (LaunchException failure)
        {
            Console.Error.WriteLine($"lhts: {failure.Message}");
            return ExitCode.BadInput;
        }
    }

    private static Task<int> RunAgentAsync(string[] arguments)
    {
        var options = JsonSerializer.Deserialize<LaunchOptions>(arguments[3])!;
        var settings = LaunchPlan.Read(options, int.Parse(arguments[2], CultureInfo.InvariantCulture), Environment.GetEnvironmentVariable)!;
        var command = new WorkerCommand(Environment.ProcessPath!, ["worker", arguments[1]]);
        return AgentHost.RunAsync(settings, command, Consoles.OfThisProcess(), TimeProvider.System, CancellationToken.None);
    }

    private static async Task<int> RunWorkerAsync(string folder)
    {
        var end = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = End(end, PosixSignal.SIGTERM, ExitCode.Stopped, null);
        using var succeed = End(end, (PosixSignal)Succeed, ExitCode.Done, null);
        using var crash = End(end, (PosixSignal)Crash, ExitCode.Failed, "something broke");
        using var refuse = End(end, (PosixSignal)Refuse, ExitCode.BadInput, "this cannot be used");
        var environment = RankEnvironment.Read();
        Console.WriteLine($"héllo from {environment.Rank}");
        var note = Path.Combine(folder, $"{environment.Generation}-{environment.Rank}");
        string[] lines =
            [Environment.ProcessId.ToString(CultureInfo.InvariantCulture), environment.ToString(), Environment.GetEnvironmentVariable("OMP_NUM_THREADS") ?? ""];
        await File.WriteAllLinesAsync(note + ".part", lines);
        File.Move(note + ".part", note);
        return await end.Task;
    }

    private static PosixSignalRegistration End(TaskCompletionSource<int> end, PosixSignal signal, int code, string? error) =>
        PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        if (error is not null) Console.Error.WriteLine(error);
        end.TrySetResult(code);
    });
}
