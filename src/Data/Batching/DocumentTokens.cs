using System.Runtime.InteropServices;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Batching;

/// <summary>
/// A document as tokens: [end-of-text] t1 … tn [end-of-text], of which every token but the first is predicted and scored exactly once;
/// <see cref="PieceLayout"/> says in which piece. One with a prompt is [end-of-text] p1 … pm t1 … tn [end-of-text] and a single piece.
/// </summary>
internal static class DocumentTokens
{
    // From here on a list that doubles, and is copied as it does, would be felt.
    private const int LongBytes = 1 << 20;

    // Of such a document the tokens are the process's memory; collecting takes nothing beside encoding it.
    private const int CollectBytes = 1 << 25;

    /// <summary>The tokens of a document that is not empty; no more than needed when it is to be cut.</summary>
    public static int[] Encode(ITokenizer tokenizer, ReadOnlySpan<byte> utf8, BatchOptions options)
    {
        var isCut = options.LongDocuments == LongDocuments.Cut;
        if (!isCut && utf8.Length >= LongBytes) return EncodeLong(tokenizer, utf8, options);
        var enough = isCut ? options.ContextLength : int.MaxValue;
        var tokens = new List<int>();
        if (options.StartWithEndOfText) tokens.Add(tokenizer.EndOfText);
        tokenizer.Encode(utf8, tokens, enough);
        if (options.EndWithEndOfText) tokens.Add(tokenizer.EndOfText);
        return [.. tokens];
    }

    /// <summary>
    /// The same for a document of many megabytes, part by part into one array, which for characters and bytes is the only one. The parts end between two words,
    /// where no tokenizer has a token of both.
    /// </summary>
    private static int[] EncodeLong(ITokenizer tokenizer, ReadOnlySpan<byte> utf8, BatchOptions options)
    {
        if (utf8.Length >= CollectBytes) GC.Collect(); // the tokens of a stage before would be found long after these are there
        var numEnds = (options.StartWithEndOfText ? 1 : 0) + (options.EndWithEndOfText ? 1 : 0);
        var (tokens, count) = (GC.AllocateUninitializedArray<int>(utf8.Length + Math.Max(1, numEnds)), 0);
        if (options.StartWithEndOfText) tokens[count++] = tokenizer.EndOfText;
        var part = new List<int>(LongBytes);
        for (var start = 0; start < utf8.Length;)
        {
            var end = EndOfPart(utf8, start);
            part.Clear();
            try
            {
                tokenizer.Encode(utf8[start..end], part);
            }
            catch (InvalidDataException) when (start > 0)
            {
                tokenizer.Encode(utf8[..end], []); // says where in the document it is
                throw;
            }

            if (count + part.Count + 1 > tokens.Length) Array.Resize(ref tokens, checked(count + 2 * part.Count + 1)); // more tokens than bytes
            CollectionsMarshal.AsSpan(part).CopyTo(tokens.AsSpan(count));
            (start, count) = (end, count + part.Count);
        }

        if (options.EndWithEndOfText) tokens[count++] = tokenizer.EndOfText;
        Array.Resize(ref tokens, count);
        return tokens;
    }

    /// <summary>The first place from <see cref="LongBytes"/> behind a start on where a letter, a space and a letter follow each other: the space.</summary>
    private static int EndOfPart(ReadOnlySpan<byte> utf8, int start)
    {
        for (var at = start + LongBytes; at < utf8.Length - 1; at++)
        {
            if (utf8[at] == ' ' && char.IsAsciiLetter((char)utf8[at - 1]) && char.IsAsciiLetter((char)utf8[at + 1])) return at;
        }

        return utf8.Length;
    }

    /// <summary>The tokens of a document behind those of its prompt, and how many of them are read and not scored.</summary>
    /// <exception cref="InvalidDataException">The prompt has no tokens, or leaves no room for one of the document.</exception>
    public static (int[] Tokens, int PromptLength) Encode(
        ITokenizer tokenizer, ReadOnlySpan<byte> prompt, ReadOnlySpan<byte> utf8, BatchOptions options)
    {
        var tokens = new List<int>();
        tokenizer.Encode(prompt, tokens);
        if (tokens.Count == 0) throw new InvalidDataException("the prompt is empty. Give it text, or take the row out of the data set.");
        if (options.StartWithEndOfText) tokens.Insert(0, tokenizer.EndOfText);
        var promptLength = tokens.Count;
        if (promptLength >= options.ContextLength)
        {
            throw new InvalidDataException(
                $"the prompt takes {promptLength} of the context's {options.ContextLength} tokens, which leaves none to continue it. Shorten the prompt, or "
                + "raise the context length.");
        }

        tokenizer.Encode(utf8, tokens, options.ContextLength - promptLength);
        if (options.EndWithEndOfText) tokens.Add(tokenizer.EndOfText);
        return tokens.Count > promptLength
            ? ([.. tokens], promptLength)
            : throw new InvalidDataException("nothing follows the prompt. Give the row an answer, or take it out of the data set.");
    }
}

/// <summary>A document that is not empty, on its way to a lane.</summary>
/// <param name="Position">Its position in the global order.</param>
/// <param name="Id">Its row, counted over the data set.</param>
/// <param name="Tokens">Its prompt's and its own tokens, with end-of-text at the ends as the options say; null when another rank serves it.</param>
/// <param name="LogProbs">The teacher's log-prob of every token that is predicted; null when none are kept.</param>
internal readonly record struct EncodedDocument(long Position, long Id, int[]? Tokens, ReadOnlyMemory<float>? LogProbs)
{
    /// <summary>Leading tokens that are read and never scored, at least 1. Default 1.</summary>
    public int PromptLength { get; init; } = 1;
}
