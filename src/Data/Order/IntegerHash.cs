namespace Lhts.Data.Order;

/// <summary>
/// The only source of randomness of the order: a hash of integers, the same on every machine and version.
/// It is the output function of SplitMix64 (Steele, Lea and Flood 2014, with the constants of Stafford's variant 13).
/// </summary>
internal static class IntegerHash
{
    private const ulong Golden = 0x9E3779B97F4A7C15; // 2^64 / golden ratio, odd: SplitMix64's increment

    public static ulong Mix(ulong value)
    {
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
        value = (value ^ value >> 27) * 0x94D049BB133111EB;
        return value ^ value >> 31;
    }

    /// <summary>A hash of several integers in this order.</summary>
    public static ulong Combine(ulong key, ulong value) => Mix(key + Golden * (Mix(value + Golden) | 1));

    /// <summary>Draw number <paramref name="index"/> of the stream <paramref name="key"/>, in 0..bound-1. Bias: below bound / 2^64.</summary>
    public static int Draw(ulong key, int index, int bound) =>
        (int)Math.BigMul(Mix(key + Golden * ((ulong)index + 1)), (ulong)bound, out _);

    /// <summary>A permutation of 0..length-1 by the shuffle of Fisher and Yates.</summary>
    public static int[] Permutation(int length, ulong key)
    {
        var order = new int[length];
        for (var i = 0; i < length; i++) order[i] = i;
        for (var i = length - 1; i > 0; i--)
        {
            var j = Draw(key, i, i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }
}
