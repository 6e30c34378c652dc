using Lhts.Telemetry;
using Lhts.Telemetry.Progress;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary>Progress of work that may be over at once: shown from the first report that comes after two seconds.</summary>
internal sealed class DelayedProgress(TimeProvider time, string title, long total, string unit) : IProgress<int>, IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);

    private readonly long start = time.GetTimestamp();
    private IProgress? shown;

    public void Report(int value)
    {
        if (shown is null && time.GetElapsedTime(start) < Delay) return;
        shown ??= ProgressReporters.ForErrors(time).Begin(title, total, unit);
        shown.Report(value);
    }

    public void Dispose() => shown?.Dispose();
}
