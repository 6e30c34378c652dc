using System.Runtime.InteropServices;

namespace Lhts.Evaluation;

/// <summary>Counts n-grams of token arrays, exactly: up to four 32-bit tokens are one 128-bit key.</summary>
public static class Ngrams
{
    /// <summary>Longest n-gram that is counted.</summary>
    public const int MaxOrder = 4;

    /// <summary>The n-grams of a sequence in order, with repetitions; none when it has fewer than n tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The order is not from 1 to 4.</exception>
    public static IEnumerable<UInt128> Of(int[] tokens, int order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, MaxOrder);
        return Enumerate(tokens, order);
    }

    /// <summary>How often each n-gram occurs in a sequence.</summary>
    public static Dictionary<UInt128, int> Count(int[] tokens, int order) => Count([tokens], order);

    /// <summary>How often each n-gram occurs in a set of sequences; none spans two of them.</summary>
    /// <param name="sequences">The set.</param>
    /// <param name="order">n, from 1 to 4.</param>
    /// <param name="limit">How many n-grams are counted, the first ones of the set. Default null: all.</param>
    public static Dictionary<UInt128, int> Count(IEnumerable<int[]> sequences, int order, long? limit = null)
    {
        var counts = new Dictionary<UInt128, int>();
        var left = limit ?? long.MaxValue;
        foreach (var ngram in sequences.SelectMany(tokens => Of(tokens, order)))
        {
            if (left-- <= 0) break;
            CollectionsMarshal.GetValueRefOrAddDefault(counts, ngram, out _)++;
        }

        return counts;
    }

    /// <summary>How many n-grams a set of sequences has, with repetitions.</summary>
    public static long NumberOf(IEnumerable<int[]> sequences, int order) => sequences.Sum(tokens => Math.Max(0L, tokens.Length - order + 1));

    private static IEnumerable<UInt128> Enumerate(int[] tokens, int order)
    {
        var mask = order == MaxOrder ? UInt128.MaxValue : (UInt128.One << (32 * order)) - 1;
        UInt128 key = 0;
        for (var i = 0; i < tokens.Length; i++)
        {
            key = ((key << 32) | (uint)tokens[i]) & mask;
            if (i >= order - 1) yield return key;
        }
    }
}
