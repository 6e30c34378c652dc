using Lhts.Sampling;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Training;

/// <summary>The temperature of each sequence of each step: a function of seed, step and place alone, so that nothing of it need be saved and no rank matters.</summary>
/// <param name="Temperatures">What is drawn from.</param>
/// <param name="Seed">Of the draws.</param>
public sealed record TemperatureDraws(Temperatures Temperatures, ulong Seed)
{
    /// <summary>The temperature of the sequence at a place of a step.</summary>
    public double Of(long step, int lane) => Temperatures.At(CounterRandom.Uniform(Seed, step, lane));
}
