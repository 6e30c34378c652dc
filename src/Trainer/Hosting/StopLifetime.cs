using System.Runtime.InteropServices;
using Lhts.Telemetry;
using Lhts.Launching;
using Microsoft.Extensions.Hosting;

namespace Lhts.Trainer.Hosting;

/// <summary>
/// Ends the host in order at the first Ctrl-C, SIGTERM, SIGQUIT or lost connection (SIGHUP), and says so at once: the step in hand and its checkpoint may take
/// a while. A second signal ends the process then and there, but not that of one rank among several: a terminal and a launcher may each send the same signal.
/// </summary>
/// <param name="lifetime">The host's.</param>
/// <param name="environment">Which rank this is.</param>
/// <param name="progress">Where the stop is announced.</param>
internal sealed class StopLifetime(IHostApplicationLifetime lifetime, RankEnvironment environment, IProgressReporter progress) : IHostLifetime, IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP];

    private readonly List<PosixSignalRegistration> registrations = [];

    private int numSignals;

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        registrations.AddRange(Signals.Select(signal => PosixSignalRegistration.Create(signal, Stop)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        var isFirst = Interlocked.Increment(ref numSignals) == 1;
        context.Cancel = isFirst || environment.IsDistributed;
        if (!isFirst) return;
        lifetime.StopApplication();
        progress.WriteLine($"stopping after this step, which is then saved{(environment.IsDistributed ? "" : "; Ctrl-C again ends at once")}");
    }
}
