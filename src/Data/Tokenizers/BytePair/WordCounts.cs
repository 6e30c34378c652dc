using System.Diagnostics.CodeAnalysis;

namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>How often each piece of GPT-2's pattern occurs in some texts.</summary>
internal sealed class WordCounts
{
    // Longer pieces are not language but data in disguise, and would cost the trainer time without end.
    private const int MaxWordBytes = 256;

    private readonly Dictionary<byte[], long> _counts = new(new BytesComparer());

    /// <summary>The pieces in the order of their bytes, so that training does not depend on the order of texts.</summary>
    public IEnumerable<(byte[] Word, long Count)> Sorted() =>
        _counts.OrderBy(pair => pair.Key, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))).Select(pair => (pair.Key, pair.Value));

    public void Add(ReadOnlySpan<byte> utf8)
    {
        var lookup = _counts.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (var start = 0; start < utf8.Length;)
        {
            var end = WordScanner.End(utf8, start);
            var word = utf8[start..end];
            if (word.Length <= MaxWordBytes) lookup[word] = lookup.TryGetValue(word, out var count) ? count + 1 : 1;
            start = end;
        }
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] bytes) => GetHashCode(bytes.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
