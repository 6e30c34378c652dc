using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>The tokens, merges and special tokens of a byte-level BPE, checked to fit each other.</summary>
internal sealed class BytePairVocabulary
{
    /// <param name="tokens">The bytes of each id; for a special token its text.</param>
    /// <param name="merges">In the order of their ranks.</param>
    /// <param name="added">Tokens that no merge makes, by id.</param>
    /// <param name="endOfText">The special one among them that ends a document.</param>
    public BytePairVocabulary(IReadOnlyList<byte[]> tokens, IReadOnlyList<Merge> merges, IReadOnlyList<AddedToken> added, int endOfText)
    {
        (Tokens, Merges, Added, EndOfText) = (tokens, merges, added, endOfText);
        var addedIds = added.Select(token => token.Id).ToHashSet();
        ByteIds = new int[ByteAlphabet.NumBytes];
        Array.Fill(ByteIds, -1);
        for (var id = 0; id < tokens.Count; id++)
        {
            if (tokens[id].Length == 1 && !addedIds.Contains(id)) ByteIds[tokens[id][0]] = id;
        }

        var missing = Array.IndexOf(ByteIds, -1);
        if (missing >= 0)
        {
            throw new InvalidDataException($"the vocabulary has no token for the byte 0x{missing:X2}: it is not a byte-level one.");
        }

        Fingerprint = Hash();
    }

    public IReadOnlyList<byte[]> Tokens { get; }

    public IReadOnlyList<Merge> Merges { get; }

    public IReadOnlyList<AddedToken> Added { get; }

    public int EndOfText { get; }

    /// <summary>The id of each single byte.</summary>
    public int[] ByteIds { get; }

    public string Fingerprint { get; }

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes("byte pair\n"));
        var numbers = new byte[4];
        void Add(int number)
        {
            BinaryPrimitives.WriteInt32LittleEndian(numbers, number);
            hash.AppendData(numbers);
        }

        Add(Tokens.Count);
        foreach (var token in Tokens)
        {
            Add(token.Length);
            hash.AppendData(token);
        }

        foreach (var merge in Merges)
        {
            Add(merge.Left);
            Add(merge.Right);
        }

        foreach (var token in Added)
        {
            Add(token.Id);
            Add(token.IsSpecial ? 1 : 0);
        }

        Add(EndOfText);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>A token that stands for its text as a whole.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsSpecial">Whether it controls (ends a document, pads) rather than spells: it decodes to nothing, and text is no such token unless asked
/// for.</param>
internal readonly record struct AddedToken(int Id, bool IsSpecial);
