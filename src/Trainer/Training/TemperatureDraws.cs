using Lhts.Sampling;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Training;

/// <summary>
/// The temperature of each sequence of each step: a function of seed, step and place alone, so that nothing of it need be saved and no rank matters.
/// </summary>
/// <param name="Temperatures">What is drawn from.</param>
/// <param name="Seed">Of the draws.</param>
public sealed record TemperatureDraws(Temperatures Temperatures, ulong Seed)
{
    // The fractional part of the golden ratio: its multiples, modulo 1, fill the unit interval evenly however many there are.
    private const double Golden = 0.6180339887498949;

    /// <summary>
    /// Whether all sequences of a step have one temperature, as weights that move with it need; steps then go through the range evenly in 1/T, by multiples of
    /// the golden ratio. Default false: each sequence has its own.
    /// </summary>
    public bool IsPerStep { get; init; }

    /// <summary>The temperature of the sequence at a place of a step.</summary>
    public double Of(long step, int lane) => IsPerStep ? OfStep(step) : Temperatures.At(CounterRandom.Uniform(Seed, step, lane));

    private double OfStep(long step)
    {
        var place = (CounterRandom.Uniform(Seed, 0, 0) + (step * Golden)) % 1;
        if (Temperatures.Values is not null) return Temperatures.At(place);
        return 1 / ((1 / Temperatures.Max) + (((1 / Temperatures.Min) - (1 / Temperatures.Max)) * place));
    }
}
