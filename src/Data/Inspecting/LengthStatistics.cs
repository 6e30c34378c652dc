using System.Numerics;

namespace Lhts.Data.Inspecting;

/// <summary>
/// Counts lengths in bounded memory: exactly up to 127, then in 64 steps for each power of two, so that a quantile is at
/// most 1/64 too low.
/// </summary>
public sealed class LengthStatistics
{
    private const int StepBits = 6;
    private const int NumExact = 2 << StepBits;

    private readonly long[] _counts = new long[NumExact + (63 - StepBits) * (1 << StepBits)];

    /// <summary>How many lengths were added.</summary>
    public long Count { get; private set; }

    /// <summary>Their sum.</summary>
    public long Sum { get; private set; }

    /// <summary>The smallest; 0 when there is none.</summary>
    public long Min { get; private set; }

    /// <summary>The largest; 0 when there is none.</summary>
    public long Max { get; private set; }

    /// <summary>The mean; 0 when there is none.</summary>
    public double Mean => Count == 0 ? 0 : (double)Sum / Count;

    /// <summary>Adds a length of 0 or more.</summary>
    public void Add(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Min = Count == 0 ? length : Math.Min(Min, length);
        Max = Math.Max(Max, length);
        (Count, Sum) = (Count + 1, Sum + length);
        _counts[SlotOf(length)]++;
    }

    /// <summary>The length that a share of all are at most, with <paramref name="share"/> in 0..1.</summary>
    public long Quantile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        var left = Math.Max(1, (long)Math.Ceiling(share * Count));
        for (var slot = 0; slot < _counts.Length; slot++)
        {
            if ((left -= _counts[slot]) <= 0) return Math.Clamp(StartOf(slot), Min, Max);
        }

        return 0;
    }

    /// <summary>Counts of lengths 0, 1, 2-3, 4-7, and so on up to the last that is not empty.</summary>
    public IReadOnlyList<(long From, long To, long Count)> PowersOfTwo()
    {
        var bins = new List<(long From, long To, long Count)>();
        for (var slot = 0; slot < _counts.Length && StartOf(slot) <= Max; slot++)
        {
            var start = StartOf(slot);
            var from = start == 0 ? 0 : 1L << BitOperations.Log2((ulong)start);
            if (bins.Count == 0 || bins[^1].From != from) bins.Add((from, Math.Max(from, 2 * from - 1), 0));
            bins[^1] = bins[^1] with { Count = bins[^1].Count + _counts[slot] };
        }

        return bins;
    }

    private static int SlotOf(long length)
    {
        if (length < NumExact) return (int)length;
        var shift = BitOperations.Log2((ulong)length) - StepBits;
        return (shift << StepBits) + (int)(length >> shift);
    }

    private static long StartOf(int slot)
    {
        if (slot < NumExact) return slot;
        var shift = (slot >> StepBits) - 1;
        return ((long)slot - (shift << StepBits)) << shift;
    }
}
