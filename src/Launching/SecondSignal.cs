using System.Runtime.InteropServices;
using Lhts.Launching.Processes;

namespace Lhts.Launching;

/// <summary>Ends this process at once when it is asked to stop for the second time: the first time it saves its work, which may take long.</summary>
public sealed class SecondSignal : IDisposable
{
    /// <summary>A signal so soon after the first is the same wish: terminals and schedulers send it to a process and to its group.</summary>
    public static readonly TimeSpan SameWish = TimeSpan.FromSeconds(1);

    private readonly TimeProvider time;
    private readonly Action second;
    private readonly PosixSignalRegistration[] registrations;
    private long? first;

    /// <summary>Listens to SIGTERM, SIGINT and SIGQUIT until disposed.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="exitCode">What the process ends with.</param>
    public SecondSignal(TimeProvider time, int exitCode)
        : this(time, () => Libc.ExitNow(exitCode)) =>
        registrations = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, _ => Hear()))];

    internal SecondSignal(TimeProvider time, Action second) => (this.time, this.second, registrations) = (time, second, []);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }

    /// <summary>Takes note of a signal.</summary>
    internal void Hear()
    {
        if (first is not { } earlier) first = time.GetTimestamp();
        else if (time.GetElapsedTime(earlier) >= SameWish) second();
    }
}
