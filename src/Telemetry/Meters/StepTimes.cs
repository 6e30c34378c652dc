using System.Runtime.CompilerServices;

namespace Lhts.Telemetry;

/// <summary>Duration of one step and of its phases. A value; it holds no memory of its own.</summary>
public readonly struct StepTimes
{
    private readonly PhaseTicks _ticks;

    internal StepTimes(TimeSpan total, in PhaseTicks ticks)
    {
        Total = total;
        _ticks = ticks;
    }

    /// <summary>The whole step, with what belongs to no phase.</summary>
    public TimeSpan Total { get; }

    /// <summary>Time spent in one phase; zero when the step did not enter it.</summary>
    public TimeSpan this[StepPhase phase] => new(_ticks[(int)phase]);

    /// <summary>Times made by hand, for callers that measure on their own.</summary>
    public static StepTimes Of(TimeSpan total, params ReadOnlySpan<(StepPhase Phase, TimeSpan Duration)> phases)
    {
        var ticks = new PhaseTicks();
        foreach (var (phase, duration) in phases) ticks[(int)phase] += duration.Ticks;
        return new StepTimes(total, ticks);
    }
}

/// <summary>One count of 100 ns ticks for each <see cref="StepPhase"/>, inline.</summary>
[InlineArray(Count)]
internal struct PhaseTicks
{
    /// <summary>The number of phases; a test compares it with the enum.</summary>
    public const int Count = 8;

    private long _first;
}
