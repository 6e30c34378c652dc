using System.Globalization;
using Lhts.Launching.Processes;
using Microsoft.Win32.SafeHandles;

namespace Lhts.Launching;

/// <summary>Ties a worker to the agent that started it: it ends when the agent does, however that ends, and tells the agent that it lives.</summary>
public sealed class WorkerTies : IDisposable
{
    /// <summary>Set by our agents for their workers: the handle of the pipe that takes a byte for each sign of life.</summary>
    internal const string BeatVariable = "LHTS_BEAT_FD";

    /// <summary>Set by our agents for their workers: seconds between two signs of life.</summary>
    internal const string IntervalVariable = "LHTS_BEAT_SECONDS";

    /// <summary>What a sign of life says besides.</summary>
    internal const byte IsProgress = 2;

    private const byte IsAlive = 1;
    private static int hasProgressed;

    private readonly ManualResetEventSlim isOver = new();

    private WorkerTies(SafeFileHandle pipe, TimeSpan interval)
    {
        // A thread of its own, with waits of its own: it says that the process is alive, however busy the pool is.
        var thread = new Thread(() => Beat(pipe, interval), maxStackSize: 256 * 1024) { IsBackground = true, Name = "lhts signs of life" };
        thread.Start();
    }

    /// <summary>
    /// Ties this process where an agent started it. To be called first of all, on the main thread, which lives to the end: Linux keeps the wish to die with the
    /// parent by thread.
    /// </summary>
    /// <returns>What keeps the signs of life up until it is disposed; null for a process without an agent.</returns>
    public static WorkerTies? Attach()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable(RankEnvironment.ParentVariable), CultureInfo.InvariantCulture, out var parent)) return null;
        if (OperatingSystem.IsLinux()) _ = Libc.ProcessControl(Libc.SetParentDeathSignal, Libc.SigKill, 0, 0, 0);
        if (Libc.ParentProcess() != parent) EndNow(); // it ended before the wish was set
        var pipe = Environment.GetEnvironmentVariable(BeatVariable);
        var interval = Environment.GetEnvironmentVariable(IntervalVariable);
        if (!int.TryParse(pipe, CultureInfo.InvariantCulture, out var handle) || !double.TryParse(interval, CultureInfo.InvariantCulture, out var seconds))
        {
            return null;
        }

        if (OperatingSystem.IsLinux()) _ = Libc.FileControl(handle, Libc.SetDescriptorFlags, Libc.CloseOnExec); // what this worker starts gets no share
        return new WorkerTies(new SafeFileHandle(handle, ownsHandle: true), TimeSpan.FromSeconds(seconds));
    }

    /// <summary>
    /// Says, with the next sign of life, that the run has come further than ever: a new checkpoint is complete. Failures before it count no more towards the
    /// restarts that are allowed.
    /// </summary>
    public static void ReportProgress() => Volatile.Write(ref hasProgressed, 1);

    /// <inheritdoc/>
    public void Dispose() => isOver.Set();

    private void Beat(SafeFileHandle pipe, TimeSpan interval)
    {
        try
        {
            using var stream = new FileStream(pipe, FileAccess.Write, bufferSize: 0);
            do stream.WriteByte(Interlocked.Exchange(ref hasProgressed, 0) == 1 ? IsProgress : IsAlive);
            while (!isOver.Wait(interval));
        }
        catch (IOException)
        {
            EndNow(); // nobody reads: the agent is gone, on a system that does not say so
        }
    }

    private static void EndNow() => _ = Libc.Kill(Environment.ProcessId, Libc.SigKill);
}
