using System.Globalization;

namespace Lhts.Sampling.Schedules;

/// <summary>The base temperature until the model's own entropy has once been below a bound, then another: hot until it is sure, then cold.</summary>
/// <param name="Then">The temperature from that step on.</param>
/// <param name="Below">The bound in nats.</param>
public sealed record EntropySchedule(double Then, double Below) : TemperatureSchedule
{
    /// <inheritdoc/>
    public override bool NeedsEntropy => true;

    /// <inheritdoc/>
    public override double At(ScheduleStep step) => step.LowestEntropy < Below ? Then : step.Temperature;

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(double temperature)
    {
        if (double.IsNaN(Then)) yield return "the schedule's temperature is NaN; it must be a number";
        if (!(Below > 0 && double.IsFinite(Below))) yield return $"the schedule waits for an entropy below {Below}; it must be above 0";
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Then} once entropy was below {Below}");
}
