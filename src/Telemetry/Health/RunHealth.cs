using System.Globalization;

namespace Lhts.Telemetry;

/// <summary>Whether something is well, and why.</summary>
public readonly record struct HealthReport(bool IsWell, string Reason);

/// <summary>
/// What the training loop tells about itself, for <c>/healthz</c> and <c>/readyz</c>: not whether HTTP answers, but whether work goes on.
/// May be used from any thread.
/// </summary>
public sealed class RunHealth(TimeProvider time, HealthOptions options)
{
    private readonly Lock _gate = new();
    private long _lastSign = time.GetTimestamp();
    private long _lastOwnSign = time.GetTimestamp();
    private string? _lastWork = "the start";
    private long? _lastStep;

    /// <summary>Says that a training step is done. Makes the run ready.</summary>
    /// <param name="step">The number of the step, for the reason that is shown.</param>
    public void ReportStep(long step)
    {
        lock (_gate)
        {
            _lastStep = step;
            _lastWork = null;
            Sign();
        }
    }

    /// <summary>Says that work other than a training step goes on, such as preparing data or an evaluation.</summary>
    /// <param name="what">The work, as it follows "since" in a sentence: "the evaluation".</param>
    public void ReportWork(string what)
    {
        lock (_gate)
        {
            _lastWork = what;
            Sign();
        }
    }

    /// <summary>Says that the work last reported goes on: a batch of samples, a row group.</summary>
    public void ReportSign()
    {
        lock (_gate) Sign();
    }

    /// <summary>Says that this process waits for another and is well itself. What it waits for is no work of its own.</summary>
    /// <param name="what">As it follows "since" in a sentence.</param>
    public void ReportWait(string what)
    {
        lock (_gate)
        {
            _lastWork = what;
            _lastSign = time.GetTimestamp();
        }
    }

    /// <summary>How long ago this process last did something: a step or other work. Waiting for another does not count.</summary>
    public TimeSpan WorkAge
    {
        get
        {
            lock (_gate) return time.GetElapsedTime(_lastOwnSign);
        }
    }

    private void Sign() => _lastOwnSign = _lastSign = time.GetTimestamp();

    /// <summary>Well unless nothing has happened for longer than <see cref="HealthOptions.MaxStepAge"/>.</summary>
    public HealthReport Liveness
    {
        get
        {
            lock (_gate)
            {
                var age = time.GetElapsedTime(_lastSign);
                var since = _lastWork ?? string.Create(CultureInfo.InvariantCulture, $"step {_lastStep}");
                var reason = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{age.TotalSeconds:0} s since {since}; the bound is {options.MaxStepAge.TotalSeconds:0} s.");
                return new(age <= options.MaxStepAge, reason);
            }
        }
    }

    /// <summary>Well once the first training step is made.</summary>
    public HealthReport Readiness
    {
        get
        {
            lock (_gate)
            {
                return _lastStep is not null
                    ? new(true, "Training steps are being made.")
                    : new(false, "No training step has been made yet.");
            }
        }
    }
}
