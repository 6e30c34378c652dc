using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lhts.Basics;

namespace Lhts.Data.Tokenizers;

/// <summary>
/// One id for each word of a list, in code point order of the words; then end-of-text. Words stand between blanks, and texts come back with one blank each.
/// </summary>
public sealed class WordTokenizer : ITokenizer
{
    internal const string TypeName = "words";

    private readonly byte[][] _words;
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <param name="words">The words, in any order; repeated ones count once.</param>
    /// <exception cref="ArgumentException">There are none, or one is empty or holds a blank.</exception>
    public WordTokenizer(IEnumerable<string> words)
    {
        string[] sorted = [.. words.Distinct().Order(StringComparer.Ordinal)];
        if (sorted.Length == 0) throw new ArgumentException("A list of words needs at least one.", nameof(words));
        if (Array.Find(sorted, word => word.Length == 0 || word.Any(char.IsWhiteSpace)) is { } bad)
        {
            throw new ArgumentException($"'{bad}' is no word: it is empty or holds a blank.", nameof(words));
        }

        Words = sorted;
        _words = Array.ConvertAll(sorted, Encoding.UTF8.GetBytes);
        _ids = sorted.Select((word, id) => (word, id)).ToDictionary(item => item.word, item => item.id, StringComparer.Ordinal);
        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("words\n" + string.Join('\n', sorted))));
    }

    /// <summary>The words in the order of their ids.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <inheritdoc/>
    public int VocabularySize => Words.Count + 1;

    /// <inheritdoc/>
    public int EndOfText => Words.Count;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>The words that occur in some texts.</summary>
    /// <exception cref="InvalidDataException">No text has a word.</exception>
    public static WordTokenizer FromTexts(IEnumerable<ReadOnlyMemory<byte>> texts)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var lookup = seen.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in texts)
        {
            var all = Encoding.UTF8.GetString(text.Span).AsSpan();
            for (var at = 0; Next(all, ref at, out var word);) lookup.Add(word);
        }

        return seen.Count > 0 ? new WordTokenizer(seen) : throw new InvalidDataException("The data has no words to make a list of: every document is empty.");
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> utf8, List<int> tokens, int enough = int.MaxValue)
    {
        var text = Encoding.UTF8.GetString(utf8).AsSpan();
        var (at, numWords) = (0, 0);
        for (; numWords < enough && Next(text, ref at, out var word); numWords++)
        {
            if (!_lookup.TryGetValue(word, out var id)) throw Unknown(word, numWords);
            tokens.Add(id);
        }
    }

    /// <inheritdoc/>
    public void Decode(ReadOnlySpan<int> tokens, List<byte> utf8)
    {
        foreach (var token in tokens)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)token, (uint)EndOfText, nameof(tokens));
            if (token == EndOfText) continue;
            if (utf8.Count > 0) utf8.Add((byte)' ');
            utf8.AddRange(_words[token]);
        }
    }

    /// <inheritdoc/>
    public void Save(string folder) => AtomicFile.WriteAllBytes(
        Path.Combine(folder, TokenizerLoader.FileName), JsonSerializer.SerializeToUtf8Bytes(new { type = TypeName, words = Words }));

    internal static WordTokenizer Read(JsonElement root, string path)
    {
        try
        {
            if (root.TryGetProperty("words", out var member)) return new WordTokenizer(member.Deserialize<string[]>() ?? []);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"'{path}' is a tokenizer of words, and its member \"words\" is no list of them: {error.Message}");
        }

        throw new InvalidDataException($"'{path}' is a tokenizer of words without the member \"words\", a list of at least one.");
    }

    private static bool Next(ReadOnlySpan<char> text, ref int at, out ReadOnlySpan<char> word)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        var start = at;
        while (at < text.Length && !char.IsWhiteSpace(text[at])) at++;
        word = text[start..at];
        return word.Length > 0;
    }

    private InvalidDataException Unknown(ReadOnlySpan<char> word, int position) => new(
        $"the word '{word}' at position {position} (counted from 0) is not among the tokenizer's {Words.Count}. Make the tokenizer from this data, or clean "
        + "the data.");
}
