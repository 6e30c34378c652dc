using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>
/// Remembers the ids of short words, which make up nearly all text. Each word has one slot; another word of the same slot
/// replaces it, so the cache never grows.
/// </summary>
internal sealed class WordCache
{
    public const int MaxWordBytes = 15;

    private const int NumBits = 16;
    private const int MaxTokens = 4;

    private readonly Entry[] _entries = new Entry[1 << NumBits];

    /// <summary>Adds the ids of the word that <paramref name="rest"/> begins with; false when they are not known.</summary>
    public bool TryAppend(ReadOnlySpan<byte> rest, int length, List<int> tokens, out WordKey key)
    {
        key = WordKey.Of(rest, length);
        ref var entry = ref _entries[key.Slot(NumBits)];
        if (entry.Key != key) return false;
        tokens.Add(entry.Token0);
        if (entry.Token1 < 0) return true;
        tokens.Add(entry.Token1);
        if (entry.Token2 < 0) return true;
        tokens.Add(entry.Token2);
        if (entry.Token3 >= 0) tokens.Add(entry.Token3);
        return true;
    }

    /// <summary>Keeps the ids of a word, if they are few.</summary>
    public void Add(WordKey key, ReadOnlySpan<int> tokens)
    {
        if (tokens.Length > MaxTokens) return;
        _entries[key.Slot(NumBits)] = new Entry
        {
            Key = key,
            Token0 = tokens[0],
            Token1 = tokens.Length > 1 ? tokens[1] : -1,
            Token2 = tokens.Length > 2 ? tokens[2] : -1,
            Token3 = tokens.Length > 3 ? tokens[3] : -1,
        };
    }

    /// <summary>A word's bytes, zeros, and its length in the last byte: never all zero.</summary>
    internal readonly record struct WordKey(ulong Low, ulong High)
    {
        public static WordKey Of(ReadOnlySpan<byte> rest, int length)
        {
            if (rest.Length >= 16)
            {
                var low = BinaryPrimitives.ReadUInt64LittleEndian(rest);
                var high = BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]);
                return length < 8 ? Pack(low & Mask(length), 0, length) : Pack(low, high & Mask(length - 8), length);
            }

            Span<byte> padded = stackalloc byte[16];
            padded.Clear();
            rest[..length].CopyTo(padded);
            return Pack(BinaryPrimitives.ReadUInt64LittleEndian(padded), BinaryPrimitives.ReadUInt64LittleEndian(padded[8..]), length);
        }

        public int Slot(int numBits) => (int)((Low * 0x9E3779B97F4A7C15 ^ High * 0xC2B2AE3D27D4EB4F) >> 64 - numBits);

        private static WordKey Pack(ulong low, ulong high, int length) => new(low, high | (ulong)length << 56);

        private static ulong Mask(int numBytes) => (1UL << numBytes * 8) - 1;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public WordKey Key;
        public int Token0;
        public int Token1;
        public int Token2;
        public int Token3;
    }
}
