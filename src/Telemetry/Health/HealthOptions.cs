namespace Lhts.Telemetry;

/// <summary>When a run counts as healthy.</summary>
public sealed record HealthOptions
{
    /// <summary>
    /// How long ago the last step (or other sign of work) may be before <c>/healthz</c> says unhealthy; before the first one the time
    /// counts from the start. Default 10 minutes: longer than a large checkpoint or the scoring of an evaluation takes.
    /// </summary>
    public TimeSpan MaxStepAge { get; init; } = TimeSpan.FromMinutes(10);
}
