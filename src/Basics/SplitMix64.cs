namespace Lhts.Basics;

/// <summary>
/// The output function of SplitMix64 (Steele, Lea and Flood 2014, with the constants of Stafford's variant 13): what is drawn by integers alone, the order of
/// documents and a token's uniform number, comes from it, the same on every machine and version.
/// </summary>
public static class SplitMix64
{
    /// <summary>What the generator's state grows by at each draw: 2^64 / golden ratio, odd.</summary>
    public const ulong Increment = 0x9E3779B97F4A7C15;

    /// <summary>A bijection of 64-bit integers of which every bit of the result depends on every bit of the value.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
        value = (value ^ value >> 27) * 0x94D049BB133111EB;
        return value ^ value >> 31;
    }
}
