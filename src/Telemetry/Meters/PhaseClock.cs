namespace Lhts.Telemetry;

/// <summary>
/// Splits the time of a training step into phases. Phases may be entered many times in a step (micro-batches) and add up; they do not nest.
/// <code>
/// clock.BeginStep();
/// using (clock.Measure(StepPhase.DataWait)) batch = Next();
/// ...
/// var times = clock.EndStep();
/// </code>
/// Allocates nothing after construction. For one thread.
/// </summary>
public sealed class PhaseClock(TimeProvider time)
{
    private PhaseTicks _ticks;
    private long _start = time.GetTimestamp();
    private long _numSteps;

    /// <summary>Called when a phase is entered, with the number of steps that ended before on this clock. Default null: nobody is told.</summary>
    public Action<StepPhase, long>? Entered { get; init; }

    /// <summary>Starts a step: forgets the phases of the one before.</summary>
    public void BeginStep()
    {
        _ticks = default;
        _start = time.GetTimestamp();
    }

    /// <summary>Times a phase until the result is disposed.</summary>
    public Measurement Measure(StepPhase phase)
    {
        Entered?.Invoke(phase, _numSteps);
        return new Measurement(this, phase);
    }

    /// <summary>
    /// The times since <see cref="BeginStep"/>, and the start of the next step: time between two steps is counted in the second.
    /// </summary>
    public StepTimes EndStep()
    {
        var now = time.GetTimestamp();
        var times = new StepTimes(time.GetElapsedTime(_start, now), _ticks);
        _ticks = default;
        _start = now;
        _numSteps++;
        return times;
    }

    /// <summary>A phase that is being timed.</summary>
    public readonly struct Measurement : IDisposable
    {
        private readonly PhaseClock _clock;
        private readonly StepPhase _phase;
        private readonly long _start;

        internal Measurement(PhaseClock clock, StepPhase phase)
        {
            _clock = clock;
            _phase = phase;
            _start = clock.Now;
        }

        /// <summary>Adds the time since the start to the phase.</summary>
        public void Dispose() => _clock.Add(_phase, _start);
    }

    private long Now => time.GetTimestamp();

    private void Add(StepPhase phase, long start) => _ticks[(int)phase] += time.GetElapsedTime(start).Ticks;
}
