namespace Lhts.Data.Tokenizers;

/// <summary>Turns text into ids and back. Implementations may be used by many threads at once.</summary>
public interface ITokenizer
{
    /// <summary>V: ids are 0..V-1, special ones included.</summary>
    int VocabularySize { get; }

    /// <summary>The id between documents. Text becomes it only where a tokenizer recognises special tokens by their text.</summary>
    int EndOfText { get; }

    /// <summary>Equal for tokenizers that encode everything alike: a SHA-256 in hexadecimal.</summary>
    string Fingerprint { get; }

    /// <summary>
    /// Adds the ids of a text to <paramref name="tokens"/>. Having added <paramref name="enough"/> or more it may stop,
    /// with the ids so far as they would be in the whole.
    /// </summary>
    /// <param name="utf8">The text; bytes that are no UTF-8 count as U+FFFD where a tokenizer works on characters.</param>
    /// <param name="tokens">Where the ids go.</param>
    /// <param name="enough">Ids that suffice; default: all.</param>
    /// <exception cref="InvalidDataException">The text cannot be encoded; the message has the character and its position.</exception>
    void Encode(ReadOnlySpan<byte> utf8, List<int> tokens, int enough = int.MaxValue);

    /// <summary>Adds the bytes of the ids; special ones such as <see cref="EndOfText"/> have none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    void Decode(ReadOnlySpan<int> tokens, List<byte> utf8);

    /// <summary>Writes the file tokenizer.json into a folder, in one step.</summary>
    void Save(string folder);
}
