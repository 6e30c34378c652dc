using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text;

namespace Lhts.Data.Tokenizers;

/// <summary>One id for each character (code point) of an alphabet, in code point order; then end-of-text.</summary>
public sealed class CharacterTokenizer : ITokenizer
{
    /// <summary>The 27 characters of the text8 corpus: space and a to z.</summary>
    public const string Text8Alphabet = " abcdefghijklmnopqrstuvwxyz";

    private const int NumAscii = 128;

    private readonly Rune[] _alphabet;
    private readonly int[] _asciiIds = new int[NumAscii];
    private readonly Dictionary<int, int> _ids = [];

    /// <param name="alphabet">The characters, in any order; repeated ones count once.</param>
    public CharacterTokenizer(string alphabet)
        : this(alphabet.EnumerateRunes())
    {
    }

    internal CharacterTokenizer(IEnumerable<Rune> alphabet)
    {
        _alphabet = [.. alphabet.Distinct().Order()];
        if (_alphabet.Length == 0) throw new ArgumentException("An alphabet needs at least one character.", nameof(alphabet));
        Array.Fill(_asciiIds, -1);
        for (var id = 0; id < _alphabet.Length; id++)
        {
            if (_alphabet[id].Value < NumAscii) _asciiIds[_alphabet[id].Value] = id;
            _ids[_alphabet[id].Value] = id;
        }

        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("characters\n" + Alphabet)));
    }

    /// <summary>The characters in the order of their ids.</summary>
    public string Alphabet => string.Concat(_alphabet.Select(rune => rune.ToString()));

    /// <inheritdoc/>
    public int VocabularySize => _alphabet.Length + 1;

    /// <inheritdoc/>
    public int EndOfText => _alphabet.Length;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>The characters that occur in some texts.</summary>
    /// <exception cref="InvalidDataException">No text has a character.</exception>
    public static CharacterTokenizer FromTexts(IEnumerable<ReadOnlyMemory<byte>> texts)
    {
        var seen = new SortedSet<int>();
        var seenAscii = new bool[NumAscii];
        foreach (var text in texts) Collect(text.Span, seenAscii, seen);
        seen.UnionWith(Enumerable.Range(0, NumAscii).Where(value => seenAscii[value]));
        if (seen.Count == 0) throw new InvalidDataException("The data has no characters to make an alphabet of: every document is empty.");
        return new CharacterTokenizer(seen.Select(value => new Rune(value)));
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> utf8, List<int> tokens, int enough = int.MaxValue)
    {
        var numCharacters = 0;
        for (var at = 0; at < utf8.Length && numCharacters < enough; numCharacters++)
        {
            var value = (int)utf8[at];
            var length = 1;
            if (value >= NumAscii)
            {
                Rune.DecodeFromUtf8(utf8[at..], out var rune, out length);
                value = rune.Value;
            }

            var id = value < NumAscii ? _asciiIds[value] : _ids.GetValueOrDefault(value, -1);
            if (id < 0) throw Unknown(new Rune(value), numCharacters);
            tokens.Add(id);
            at += length;
        }
    }

    /// <inheritdoc/>
    public void Decode(ReadOnlySpan<int> tokens, List<byte> utf8)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var token in tokens)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)token, (uint)EndOfText, nameof(tokens));
            if (token == EndOfText) continue;
            utf8.AddRange(bytes[.._alphabet[token].EncodeToUtf8(bytes)]);
        }
    }

    /// <inheritdoc/>
    public void Save(string folder) => PlainTokenizerJson.WriteCharacters(folder, [.. _alphabet.Select(rune => rune.ToString())]);

    private static void Collect(ReadOnlySpan<byte> utf8, bool[] seenAscii, SortedSet<int> seen)
    {
        for (var at = 0; at < utf8.Length;)
        {
            if (utf8[at] < NumAscii)
            {
                seenAscii[utf8[at++]] = true;
                continue;
            }

            Rune.DecodeFromUtf8(utf8[at..], out var rune, out var length);
            seen.Add(rune.Value);
            at += length;
        }
    }

    private InvalidDataException Unknown(Rune rune, int position) => new(string.Create(CultureInfo.InvariantCulture,
        $"character U+{rune.Value:X4}{Shown(rune)} at position {position} (counted from 0) is not in the tokenizer's alphabet of {_alphabet.Length}. Build "
        + $"the alphabet from this data, add the character to it, or clean the data."));

    private static string Shown(Rune rune) => Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) ? "" : $" '{rune}'";
}

/// <summary>The tokenizer.json of earlier versions for a <see cref="CharacterTokenizer"/>: a type and the alphabet. It is still read.</summary>
internal static class CharacterTokenizerFile
{
    public const string TypeName = "characters";

    public static CharacterTokenizer Read(JsonElement root, string path)
    {
        var alphabet = root.TryGetProperty("alphabet", out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        return string.IsNullOrEmpty(alphabet)
            ? throw new InvalidDataException(
                $"'{path}' is a tokenizer of characters without the member \"alphabet\", a string of at least one character.")
            : new CharacterTokenizer(alphabet);
    }
}
