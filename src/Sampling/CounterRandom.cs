using Lhts.Basics;

namespace Lhts.Sampling;

/// <summary>
/// Uniform numbers as a pure function of integers: the draw for one token of one sequence depends on nothing else, so that a sequence is
/// the same alone, in any batch and after a restart.
/// </summary>
public static class CounterRandom
{
    /// <summary>Bits of a number; with 52, u * x is below x for every positive double x.</summary>
    private const int NumBits = 52;

    /// <summary>The number of a place: at least 0 and below 1.</summary>
    /// <param name="seed">Of the whole run.</param>
    /// <param name="sequence">Which sequence.</param>
    /// <param name="position">Which of its tokens.</param>
    public static double Uniform(ulong seed, long sequence, long position)
    {
        const ulong increment = SplitMix64.Increment;
        var state = SplitMix64.Mix(seed + increment);
        state = SplitMix64.Mix(state + unchecked((ulong)sequence * increment) + increment);
        state = SplitMix64.Mix(state + unchecked((ulong)position * increment) + increment);
        return (state >> (64 - NumBits)) * (1.0 / (1UL << NumBits));
    }
}
