using System.Numerics;

namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>Merges by their pair of ids: a hash table with open addressing that is only read after it was made.</summary>
internal sealed class PairTable
{
    /// <summary>Higher than every merge: the pair does not merge.</summary>
    public const long None = long.MaxValue;

    private readonly ulong[] _keys; // pair + 1; 0 is free
    private readonly long[] _merges;
    private readonly int _shift;

    /// <param name="merges">Pairs in the order of their ranks, with the id that each becomes.</param>
    public PairTable(IReadOnlyList<Merge> merges)
    {
        var capacity = BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, merges.Count * 2));
        _keys = new ulong[capacity];
        _merges = new long[capacity];
        _shift = 64 - BitOperations.Log2(capacity);
        for (var rank = 0; rank < merges.Count; rank++) Add(merges[rank], rank);
    }

    /// <summary>Rank in the upper and id in the lower 32 bits, or <see cref="None"/>.</summary>
    public long Find(int left, int right)
    {
        var key = Key(left, right);
        for (var slot = Slot(key); ; slot = (slot + 1) & (_keys.Length - 1))
        {
            if (_keys[slot] == key) return _merges[slot];
            if (_keys[slot] == 0) return None;
        }
    }

    private void Add(Merge merge, int rank)
    {
        var key = Key(merge.Left, merge.Right);
        var slot = Slot(key);
        while (_keys[slot] != 0 && _keys[slot] != key) slot = (slot + 1) & (_keys.Length - 1);
        if (_keys[slot] == key) return; // A repeated pair keeps its first, lower rank.
        _keys[slot] = key;
        _merges[slot] = (long)rank << 32 | (uint)merge.Result;
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32 | (uint)right) + 1;

    private int Slot(ulong key) => (int)(key * 0x9E3779B97F4A7C15 >> _shift);
}

/// <summary>Two ids that become one.</summary>
internal readonly record struct Merge(int Left, int Right, int Result);
