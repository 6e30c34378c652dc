using System.Runtime.CompilerServices;
using Lhts.Data.Batching;
using Lhts.Data.Parquet;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Streaming;

/// <summary>Encodes documents in parallel and hands them on in order, without those that are empty.</summary>
internal sealed class DocumentEncoder(DataSet data, ITokenizer tokenizer, BatchOptions options, DataCounters counters, Action<string>? onBadRows)
{
    // Large enough that handing a task over costs nothing beside it, small enough to share a window among threads.
    private const int BytesPerTask = 1 << 16;

    private readonly SharedTokens shared = new();

    /// <summary>The documents of the windows from a position on.</summary>
    public async IAsyncEnumerable<EncodedDocument> EncodeAsync(
        IAsyncEnumerable<TextWindow> windows, long position, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        // The channel is what bounds the tasks in flight.
        var (numGood, numBadInARow) = (0L, 0L);
        await foreach (var task in StartAsync(windows, position).Ahead(options.TokenizerThreads, cancellation).ConfigureAwait(false))
        {
            foreach (var document in await task.ConfigureAwait(false))
            {
                (numGood, numBadInARow) = document is null ? (numGood, numBadInARow + 1) : (numGood + 1, 0);
                if (document is { } good) yield return good;
                else if (numBadInARow >= 2 * data.NumDocuments) throw NoneCanBeEncoded(); // An epoch, wherever it began.
            }
        }

        if (numGood == 0 && numBadInARow > 0 && position == 0) throw NoneCanBeEncoded();
    }

    /// <summary>One document's tokens; null when it has none because it is bad and bad ones are skipped.</summary>
    /// <exception cref="InvalidDataException">The tokenizer cannot encode it, or kept scores do not fit it; the message says where it lies.</exception>
    public EncodedDocument? TryEncode(RawDocument document)
    {
        if (document.Kind == RowKind.Bad || TokensOf(document) is not var (tokens, promptLength)) return null;
        RequireLogProbs(document, tokens.Length);
        return new EncodedDocument(document.Position, document.Id, tokens, document.LogProbs) { PromptLength = promptLength };
    }

    private (int[] Tokens, int PromptLength)? TokensOf(RawDocument document)
    {
        try
        {
            return data.Manifest.PromptColumn is null
                ? (shared.Of(document.Id, document.Utf8.Length, () => DocumentTokens.Encode(tokenizer, document.Utf8.Span, options)), 1)
                : DocumentTokens.Encode(tokenizer, document.Prompt.Span, document.Utf8.Span, options);
        }
        catch (InvalidDataException error)
        {
            var message = $"{data.Describe(document.Id)}: {error.Message}";
            if (options.BadRows == BadRows.Fail) throw new InvalidDataException(message);
            onBadRows?.Invoke($"{message} Skipped.");
            CountSkipped(document.Position, RowKind.Bad);
            return null;
        }
    }

    private async IAsyncEnumerable<Task<EncodedDocument?[]>> StartAsync(
        IAsyncEnumerable<TextWindow> windows, long position, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var pending = new List<(RawDocument Document, bool IsOurs)>();
        var numBytes = 0;
        var numDealt = 0L;
        var numSkippedInEpoch = 0L;
        await foreach (var window in windows.WithCancellation(cancellation).ConfigureAwait(false))
        {
            for (var at = Math.Max(position, window.FirstPosition); at < window.EndPosition; at++)
            {
                var document = window.At(at);
                if (IsSkipped(document, ref numSkippedInEpoch)) continue;
                var isOurs = IsOurs(numDealt++);
                pending.Add((document, isOurs));
                numBytes += isOurs ? document.Utf8.Length : 0;
                if (numBytes < BytesPerTask && pending.Count < options.SequencesPerStep * options.WorldSize) continue;
                yield return Start(pending, cancellation);
                (pending, numBytes) = ([], 0);
            }
        }

        if (pending.Count > 0) yield return Start(pending, cancellation);
    }

    private Task<EncodedDocument?[]> Start(List<(RawDocument Document, bool IsOurs)> documents, CancellationToken cancellation) => Task.Run(
        () => documents.Select(item => item.IsOurs ? TryEncode(item.Document) : new EncodedDocument(item.Document.Position, item.Document.Id, null, null))
            .ToArray(),
        cancellation);

    // Never skipped as a bad row: it is the scores that are bad.
    private void RequireLogProbs(RawDocument document, int numTokens)
    {
        var numPredicted = new PieceLayout(numTokens, options, draw: 0).NumRead;
        if (document.LogProbs is not { } kept || kept.Length == numPredicted) return;
        throw new InvalidDataException(
            $"{data.Describe(document.Id)} has {numPredicted} tokens to predict, and the teacher's scores have {kept.Length} log-probs for it. Delete the "
            + "folder of scores, and make them anew with 'lhts data score'.");
    }

    private InvalidDataException NoneCanBeEncoded() =>
        new($"The tokenizer can encode none of the {data.NumDocuments} documents of the data set. Use a tokenizer made for this data.");

    private bool IsSkipped(RawDocument document, ref long numInEpoch)
    {
        if (document.Position % data.NumDocuments == 0) numInEpoch = 0;
        if (document.Utf8.Length > 0) return false;
        if (++numInEpoch == data.NumDocuments)
        {
            throw new InvalidDataException(
                $"All {data.NumDocuments} documents of the data set are null, empty or unreadable. Set the text column to one with text.");
        }

        CountSkipped(document.Position, document.Kind);
        return true;
    }

    // Every rank sees every document; each counts its share.
    private void CountSkipped(long position, RowKind kind)
    {
        if (position % options.WorldSize == options.Rank) counters.AddSkipped(kind);
    }

    // With documents cut, every lane is free at the start of a step, so the n-th document goes to lane n mod S. With
    // documents split or bad rows skipped, who takes which depends on the tokens of all, and every rank encodes every document.
    private bool IsOurs(long dealt) =>
        options.LongDocuments == LongDocuments.Split || options.BadRows == BadRows.Skip || dealt % options.SequencesPerStep % options.WorldSize == options.Rank;
}
