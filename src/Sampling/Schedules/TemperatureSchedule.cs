namespace Lhts.Sampling.Schedules;

/// <summary>Where a text is when its next temperature is asked for.</summary>
/// <param name="Temperature">The base temperature, <see cref="SamplingOptions.Temperature"/>.</param>
/// <param name="NumGenerated">Tokens behind the prompt.</param>
/// <param name="LowestEntropy">The least entropy in nats of the text's steps so far, this one included; at T = 1, after token filter and penalties.</param>
public readonly record struct ScheduleStep(double Temperature, int NumGenerated, double LowestEntropy);

/// <summary>The myopic temperature as a function of the position in the text, or of the model's own entropy. A pure function of the text so far.</summary>
public abstract record TemperatureSchedule
{
    /// <summary>Whether <see cref="ScheduleStep.LowestEntropy"/> is needed; else it is 0.</summary>
    public virtual bool NeedsEntropy => false;

    /// <summary>The temperature of a step.</summary>
    public abstract double At(ScheduleStep step);

    /// <summary>What is wrong with the values, one sentence each.</summary>
    /// <param name="temperature">The base temperature.</param>
    public abstract IEnumerable<string> Faults(double temperature);
}
