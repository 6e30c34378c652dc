namespace Lhts.Telemetry.Progress;

/// <summary>How far a piece of work is and how fast it goes.</summary>
internal sealed class ProgressState(TimeProvider time, string title, long? total, string unit, long done)
{
    private readonly long _start = time.GetTimestamp();
    private readonly long _doneBefore = done;

    public string Title { get; } = title;

    public string Unit { get; } = unit;

    public long? Total { get; } = total;

    public long Done { get; set; } = done;

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>From 0 to 1, or null when the total is not known. Work without units is done.</summary>
    public double? Fraction => Total is not { } total ? null : total <= 0 ? 1 : Math.Clamp((double)Done / total, 0, 1);

    /// <summary>At the mean speed of this run so far; null before anything is done.</summary>
    public TimeSpan? Remaining
    {
        get
        {
            var doneHere = Done - _doneBefore;
            if (Total is not { } total || doneHere <= 0) return null;
            var seconds = Elapsed.TotalSeconds / doneHere * Math.Max(0, total - Done);
            return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
        }
    }
}
