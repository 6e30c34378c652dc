using Lhts.Data.Tokenizers;

namespace Lhts.Data.Batching;

/// <summary>
/// A document as tokens: [end-of-text] t1 … tn [end-of-text], of which every token but the first is predicted and scored exactly once;
/// <see cref="PieceLayout"/> says in which piece. One with a prompt is [end-of-text] p1 … pm t1 … tn [end-of-text] and a single piece.
/// </summary>
internal static class DocumentTokens
{
    // From here on a list that doubles, and is copied as it does, would be felt: room that is not needed takes no memory until it is written.
    private const int LongBytes = 1 << 20;

    /// <summary>The tokens of a document that is not empty; no more than needed when it is to be cut.</summary>
    public static int[] Encode(ITokenizer tokenizer, ReadOnlySpan<byte> utf8, BatchOptions options)
    {
        var enough = options.LongDocuments == LongDocuments.Cut ? options.ContextLength : int.MaxValue;
        var tokens = new List<int>(utf8.Length < LongBytes ? 0 : Math.Min(utf8.Length, enough) + 2);
        if (options.StartWithEndOfText) tokens.Add(tokenizer.EndOfText);
        tokenizer.Encode(utf8, tokens, enough);
        if (options.EndWithEndOfText) tokens.Add(tokenizer.EndOfText);
        return [.. tokens];
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
