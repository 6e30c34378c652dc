using System.Runtime.CompilerServices;
using Lhts.Data.Batching;
using Lhts.Data.Parquet;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Streaming;

/// <summary>Encodes documents in parallel and hands them on in order, without those that are empty.</summary>
internal sealed class DocumentEncoder(DataSet data, ITokenizer tokenizer, BatchOptions options, DataCounters counters)
{
    // Large enough that handing a task over costs nothing beside it, small enough to share a window among threads.
    private const int BytesPerTask = 1 << 16;

    /// <summary>The documents of the windows from a position on.</summary>
    public async IAsyncEnumerable<EncodedDocument> EncodeAsync(
        IAsyncEnumerable<TextWindow> windows, long position, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        // The channel is what bounds the tasks in flight.
        await foreach (var task in StartAsync(windows, position).Ahead(options.TokenizerThreads, cancellation).ConfigureAwait(false))
        {
            foreach (var document in await task.ConfigureAwait(false)) yield return document;
        }
    }

    /// <summary>One document's tokens.</summary>
    /// <exception cref="InvalidDataException">The tokenizer cannot encode it; the message says where it lies.</exception>
    public EncodedDocument Encode(RawDocument document)
    {
        try
        {
            return new EncodedDocument(document.Position, document.Id, DocumentPieces.Encode(tokenizer, document.Utf8.Span, options));
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{data.Describe(document.Id)}: {error.Message}");
        }
    }

    private async IAsyncEnumerable<Task<EncodedDocument[]>> StartAsync(
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

    private Task<EncodedDocument[]> Start(List<(RawDocument Document, bool IsOurs)> documents, CancellationToken cancellation) => Task.Run(
        () => documents.ConvertAll(item => item.IsOurs ? Encode(item.Document) : new EncodedDocument(item.Document.Position, item.Document.Id, null)).ToArray(),
        cancellation);

    private bool IsSkipped(RawDocument document, ref long numInEpoch)
    {
        if (document.Position % data.NumDocuments == 0) numInEpoch = 0;
        if (document.Utf8.Length > 0) return false;
        if (++numInEpoch == data.NumDocuments) throw new InvalidDataException($"All {data.NumDocuments} documents of the data set are null or empty. Set the text column to one with text.");
        if (document.Position % options.WorldSize == options.Rank) counters.AddSkipped(document.IsNull);
        return true;
    }

    // With documents cut, every lane is free at the start of a step, so the n-th document goes to lane n mod S. With
    // documents split, who takes which depends on the lengths of all, and every rank encodes every document.
    private bool IsOurs(long dealt) =>
        options.LongDocuments == LongDocuments.Split || dealt % options.SequencesPerStep % options.WorldSize == options.Rank;
}
