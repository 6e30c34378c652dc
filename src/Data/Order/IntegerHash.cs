using Lhts.Basics;

namespace Lhts.Data.Order;

/// <summary>
/// The only source of randomness of the order: a hash of integers, the same on every machine and version.
/// </summary>
internal static class IntegerHash
{
    /// <summary>A hash of several integers in this order.</summary>
    public static ulong Combine(ulong key, ulong value) => SplitMix64.Mix(key + SplitMix64.Increment * (SplitMix64.Mix(value + SplitMix64.Increment) | 1));

    /// <summary>Draw number <paramref name="index"/> of the stream <paramref name="key"/>, in 0..bound-1. Bias: below bound / 2^64.</summary>
    public static int Draw(ulong key, int index, int bound) =>
        (int)Math.BigMul(SplitMix64.Mix(key + SplitMix64.Increment * ((ulong)index + 1)), (ulong)bound, out _);

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
