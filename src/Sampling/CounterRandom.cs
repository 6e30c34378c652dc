namespace Lhts.Sampling;

/// <summary>
/// Uniform numbers as a pure function of integers: the draw for one token of one sequence depends on nothing else, so that a sequence is
/// the same alone, in any batch and after a restart. The mixing is that of SplitMix64 (Steele, Lea, Flood 2014).
/// </summary>
public static class CounterRandom
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    /// <summary>Bits of a number; with 52, u * x is below x for every positive double x.</summary>
    private const int NumBits = 52;

    /// <summary>The number of a place: at least 0 and below 1.</summary>
    /// <param name="seed">Of the whole run.</param>
    /// <param name="sequence">Which sequence.</param>
    /// <param name="position">Which of its tokens.</param>
    public static double Uniform(ulong seed, long sequence, long position)
    {
        var state = Mix(seed + Increment);
        state = Mix(state + unchecked((ulong)sequence * Increment) + Increment);
        state = Mix(state + unchecked((ulong)position * Increment) + Increment);
        return (state >> (64 - NumBits)) * (1.0 / (1UL << NumBits));
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
