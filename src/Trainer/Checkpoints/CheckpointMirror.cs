using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Lhts.Trainer.Checkpoints;

/// <summary>How a mirror tries.</summary>
public sealed record MirrorOptions
{
    /// <summary>The command, for <c>sh -c</c>; LHTS_CHECKPOINT is the folder of a complete checkpoint.</summary>
    public required string Command { get; init; }

    /// <summary>Times that it is tried for a checkpoint. Default 5.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The wait after a failure; it doubles. Default 2 s.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a stop waits for a command that runs. Default 25 s.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(25);
}

/// <summary>
/// Has a command take each complete checkpoint elsewhere, such as to an object store, beside training: while one is on its way, of those that follow the newest
/// waits. What cannot be taken is told and left behind.
/// </summary>
public sealed class CheckpointMirror : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly MirrorOptions options;
    private readonly TimeProvider time;
    private readonly Action<string> say;
    private readonly CancellationToken stop;
    private readonly CancellationTokenSource abandon = new();
    private readonly Channel<string> waiting = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Task work;
    private volatile string? current;

    /// <summary>Starts with nothing to take.</summary>
    /// <param name="options">What is run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="say">Told what failed.</param>
    /// <param name="stop">Once it is cancelled, the end is not waited for longer than the options say.</param>
    public CheckpointMirror(MirrorOptions options, TimeProvider time, Action<string> say, CancellationToken stop)
    {
        (this.options, this.time, this.say, this.stop) = (options, time, say, stop);
        work = Task.Run(WorkAsync);
    }

    /// <summary>Called while the end is waited for. Default: nothing.</summary>
    public Action? Waiting { get; init; }

    /// <summary>Says that a checkpoint is complete; returns at once.</summary>
    public void Post(string folder) => waiting.Writer.TryWrite(folder);

    /// <summary>Whether a checkpoint is on its way and must stay.</summary>
    public bool IsTaking(string folder) => current == folder;

    /// <summary>Waits until the newest checkpoint is taken, or given up.</summary>
    public void Dispose()
    {
        waiting.Writer.TryComplete();
        var (left, isDone) = (options.StopTimeout, false);
        while (!(isDone = work.Wait(Tick)) && (!stop.IsCancellationRequested || (left -= Tick) > TimeSpan.Zero)) Waiting?.Invoke();
        if (!isDone) abandon.Cancel();
        work.Wait(CancellationToken.None);
        abandon.Dispose();
    }

    private async Task WorkAsync()
    {
        await foreach (var folder in waiting.Reader.ReadAllAsync())
        {
            current = folder;
            await TakeAsync(folder);
            current = null;
        }
    }

    private async Task TakeAsync(string folder)
    {
        var (failure, delay) = ("", options.FirstDelay);
        for (var attempt = 1; attempt <= options.Attempts && !abandon.IsCancellationRequested; attempt++, delay *= 2)
        {
            try
            {
                if (attempt > 1) await Task.Delay(delay, time, abandon.Token);
                failure = await RunAsync(folder);
                if (failure.Length == 0) return;
            }
            catch (OperationCanceledException)
            {
                failure = "the run is to stop";
            }
            catch (Win32Exception refused)
            {
                failure = refused.Message; // there is no shell
            }
        }

        say($"checkpoint.mirror did not take '{folder}': {failure}");
    }

    /// <summary>Runs the command once; gives what went wrong, or nothing.</summary>
    private async Task<string> RunAsync(string folder)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", options.Command]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["LHTS_CHECKPOINT"] = Path.GetFullPath(folder);
        using var process = Process.Start(start)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(abandon.Token), process.StandardError.ReadToEndAsync(abandon.Token));
            await process.WaitForExitAsync(abandon.Token);
            _ = await output;
            var last = (await errors).Trim().Split('\n')[^1];
            return process.ExitCode == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"the command ended with {process.ExitCode}: {last}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
