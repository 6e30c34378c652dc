using System.Security.Cryptography;

namespace Lhts.Data.Tokenizers;

/// <summary>One id for each byte of UTF-8, 0..255; end-of-text is 256.</summary>
public sealed class ByteTokenizer : ITokenizer
{
    internal const string TypeName = "bytes";

    private const int NumBytes = 256;

    /// <inheritdoc/>
    public int VocabularySize => NumBytes + 1;

    /// <inheritdoc/>
    public int EndOfText => NumBytes;

    /// <inheritdoc/>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData("bytes\n"u8));

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> utf8, List<int> tokens, int enough = int.MaxValue)
    {
        foreach (var value in utf8[..Math.Min(utf8.Length, enough)]) tokens.Add(value);
    }

    /// <inheritdoc/>
    public void Decode(ReadOnlySpan<int> tokens, List<byte> utf8)
    {
        foreach (var token in tokens)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)token, (uint)EndOfText, nameof(tokens));
            if (token != EndOfText) utf8.Add((byte)token);
        }
    }

    /// <inheritdoc/>
    public void Save(string folder) => PlainTokenizerJson.WriteBytes(folder);
}
