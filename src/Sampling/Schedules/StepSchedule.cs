using System.Globalization;

namespace Lhts.Sampling.Schedules;

/// <summary>Another temperature for the last of every few tokens.</summary>
/// <param name="Other">That temperature, of the whole real line.</param>
/// <param name="Every">How many tokens make a group, at least 1.</param>
public sealed record StepSchedule(double Other, int Every) : TemperatureSchedule
{
    /// <inheritdoc/>
    public override double At(ScheduleStep step) => (step.NumGenerated + 1) % Every == 0 ? Other : step.Temperature;

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(double temperature)
    {
        if (double.IsNaN(Other)) yield return "the schedule's temperature is NaN; it must be a number";
        if (Every < 1) yield return $"the schedule takes every {Every} tokens; it must take 1 or more";
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Other} for one token in {Every}");
}
