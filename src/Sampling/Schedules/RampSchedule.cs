using System.Globalization;

namespace Lhts.Sampling.Schedules;

/// <summary>From the base temperature to another over the first tokens, then that one: on a straight line, or on half a cosine.</summary>
/// <param name="End">The last temperature.</param>
/// <param name="NumTokens">Tokens of the way, at least 1: the token of this number is the first at the last temperature.</param>
/// <param name="IsCosine">Whether the way begins and ends flat.</param>
public sealed record RampSchedule(double End, int NumTokens, bool IsCosine) : TemperatureSchedule
{
    /// <inheritdoc/>
    public override double At(ScheduleStep step)
    {
        if (step.NumGenerated >= NumTokens) return End;
        var share = (double)step.NumGenerated / NumTokens;
        if (IsCosine) share = (1 - Math.Cos(Math.PI * share)) / 2;
        return step.Temperature + (share * (End - step.Temperature));
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(double temperature)
    {
        if (!double.IsFinite(End)) yield return $"the schedule ends at {End}; it must end at a finite temperature";
        if (!double.IsFinite(temperature)) yield return $"the schedule begins at temperature {temperature}; it must begin at a finite one";
        if (NumTokens < 1) yield return $"the schedule takes {NumTokens} tokens; it must take 1 or more";
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsCosine ? "cosine" : "linear")} to {End} in {NumTokens} tokens");
}
