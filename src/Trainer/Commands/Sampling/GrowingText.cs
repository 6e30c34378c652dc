using System.Runtime.InteropServices;
using System.Text;
using Lhts.Data.Tokenizers;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary>A text while its tokens are drawn: gives out what is certain, holds back what may still be a stop string or half a character.</summary>
/// <param name="tokenizer">The model's.</param>
/// <param name="prompt">Its tokens, without the end-of-text that stands for the beginning; no stop string is looked for in it.</param>
/// <param name="stops">Stop strings as UTF-8; none of them empty.</param>
internal sealed class GrowingText(ITokenizer tokenizer, IReadOnlyList<int> prompt, IReadOnlyList<byte[]> stops)
{
    private readonly List<byte> bytes = Start(tokenizer, prompt);
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private readonly int longestStop = stops.Count == 0 ? 0 : stops.Max(stop => stop.Length);
    private int promptLength = -1;
    private int given;

    /// <summary>Whether a stop string was reached; the text ends before it.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>The whole text so far, up to a stop string.</summary>
    public string Text => Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(bytes));

    /// <summary>Adds a token.</summary>
    public void Append(int token)
    {
        if (promptLength < 0) promptLength = bytes.Count;
        var before = bytes.Count;
        tokenizer.Decode([token], bytes);
        // A stop string may have begun in the tokens before.
        var start = Math.Max(promptLength, before - longestStop + 1);
        var first = stops.Select(stop => CollectionsMarshal.AsSpan(bytes)[start..].IndexOf(stop)).Where(place => place >= 0).DefaultIfEmpty(-1).Min();
        if (first < 0) return;
        bytes.RemoveRange(start + first, bytes.Count - start - first);
        IsStopped = true;
    }

    /// <summary>The piece of the text that was not given out before.</summary>
    /// <param name="isEnded">Whether nothing more comes.</param>
    public string Next(bool isEnded)
    {
        var certain = isEnded || IsStopped ? bytes.Count : Math.Max(given, bytes.Count - Math.Max(0, longestStop - 1));
        var piece = CollectionsMarshal.AsSpan(bytes)[given..certain];
        var characters = new char[decoder.GetCharCount(piece, flush: isEnded)];
        decoder.GetChars(piece, characters, flush: isEnded);
        given = certain;
        return new string(characters);
    }

    private static List<byte> Start(ITokenizer tokenizer, IReadOnlyList<int> prompt)
    {
        var start = new List<byte>();
        tokenizer.Decode([.. prompt], start);
        return start;
    }
}
