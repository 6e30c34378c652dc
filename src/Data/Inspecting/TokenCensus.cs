using Lhts.Data.Batching;
using Lhts.Data.DuckDb;
using Lhts.Data.Parquet;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Inspecting;

/// <summary>
/// About how many tokens a data set has, and how many of them are cut off at a context: from the beginnings of some documents, so that any data set takes a
/// moment and little memory.
/// </summary>
public sealed record TokenCensus
{
    // Of blocks spread over the data set, as many documents of each as tell their lengths, or as their beginnings fill a mebibyte.
    private const int NumBlocks = 8;
    private const int DocumentsPerBlock = 256;
    private const double BytesPerBlock = 1 << 20;

    // A longer document has as many tokens for each byte as its beginning.
    private const int HeadCharacters = 1 << 14;

    /// <summary>Documents that have text.</summary>
    public required long NumDocuments { get; init; }

    /// <summary>Tokens that are predicted in an epoch when nothing is cut off.</summary>
    public required long NumTokens { get; init; }

    /// <summary>Sequences of an epoch when long documents are split.</summary>
    public required long NumPieces { get; init; }

    /// <summary>The share of the tokens that lies beyond the context of its document, 0 to 1.</summary>
    public required double ShareBeyondContext { get; init; }

    /// <summary>Whether every document was counted.</summary>
    public required bool IsExact { get; init; }

    /// <summary>Counts.</summary>
    /// <param name="data">The documents.</param>
    /// <param name="tokenizerOf">Gives the tokenizer; it is handed the beginnings of documents, for one that is made of the characters or words that
    /// occur.</param>
    /// <param name="options">The context, and the ends of documents.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null when the documents cannot be read, or none of those looked at has text.</returns>
    public static TokenCensus? Take(
        DataSet data, Func<IEnumerable<ReadOnlyMemory<byte>>, ITokenizer> tokenizerOf, BatchOptions options, CancellationToken cancellation = default)
    {
        try
        {
            var heads = Read(data, cancellation, out var numRows);
            if (heads.Count == 0) return null;
            var tokenizer = tokenizerOf(heads.Select(head => (ReadOnlyMemory<byte>)head.Utf8));
            return Count([.. heads.Select(head => LengthOf(tokenizer, head, options))], (double)data.NumDocuments / numRows, options) with
            {
                IsExact = numRows == data.NumDocuments && heads.TrueForAll(head => head.Utf8.Length == head.NumBytes),
            };
        }
        catch (Exception failure) when (failure is DuckDbException or InvalidDataException)
        {
            return null; // whoever reads the data for good says what is wrong with them
        }
    }

    private static TokenCensus Count(long[] numTokens, double documentsForEach, BatchOptions options)
    {
        var (cut, split) = (options with { LongDocuments = LongDocuments.Cut }, options with { LongDocuments = LongDocuments.Split });
        double all = numTokens.Sum(n => n - 1), used = numTokens.Sum(n => (long)new PieceLayout(Bounded(n), cut, draw: 0).NumRead);
        return new TokenCensus
        {
            NumDocuments = (long)Math.Round(numTokens.Length * documentsForEach),
            NumTokens = (long)Math.Round(all * documentsForEach),
            NumPieces = (long)Math.Round(numTokens.Sum(n => (long)new PieceLayout(Bounded(n), split, draw: 0).Count) * documentsForEach),
            ShareBeyondContext = (all - used) / all,
            IsExact = false,
        };
    }

    private static int Bounded(long numTokens) => (int)Math.Min(numTokens, int.MaxValue / 2);

    private static long LengthOf(ITokenizer tokenizer, Head head, BatchOptions options)
    {
        var tokens = new List<int>();
        tokenizer.Encode(head.Utf8, tokens);
        var ends = (options.StartWithEndOfText ? 1 : 0) + (options.EndWithEndOfText ? 1 : 0);
        return Math.Max(2, ends + (long)((double)tokens.Count * head.NumBytes / head.Utf8.Length));
    }

    private static List<Head> Read(DataSet data, CancellationToken cancellation, out long numRows)
    {
        using var connection = data.Connect();
        using var interrupt = connection.InterruptOn(cancellation);
        var text = DuckDbConnection.Identifier(data.Manifest.TextColumn);
        if (data.Manifest.PromptColumn is { } prompt) text = $"({DuckDbConnection.Identifier(prompt)} || {text})";
        var sql = $"SELECT strlen({text}), substr({text}, 1, {HeadCharacters}) FROM read_parquet(?, file_row_number = true, binary_as_string = true, "
            + "hive_partitioning = false) WHERE file_row_number >= ? AND file_row_number < ? AND (file_row_number - ?) % ? = 0";
        var heads = new List<Head>();
        var numBlocks = Math.Min(NumBlocks, data.Blocks.Count);
        numRows = 0;
        for (var i = 0; i < numBlocks; i++)
        {
            var block = data.Blocks[(int)((long)i * data.Blocks.Count / numBlocks)];
            var stride = StrideOf(data.Manifest.Shards[block.Shard].RowGroups[block.RowGroup], block.NumRows);
            numRows += (block.NumRows + stride - 1) / stride;
            using var reader =
                connection.Query(sql, FileGlob.Escape(data.PathOf(block.Shard)), block.FirstRow, block.FirstRow + block.NumRows, block.FirstRow, (long)stride);
            while (reader.NextChunk())
            {
                cancellation.ThrowIfCancellationRequested();
                for (var row = 0; row < reader.NumRows; row++)
                {
                    if (!reader.Column(0).IsNull(row) && reader.Column(0).Int64(row) is > 0 and var numBytes)
                    {
                        heads.Add(new Head(numBytes, reader.Column(1).Bytes(row).ToArray()));
                    }
                }
            }
        }

        return heads;
    }

    private static int StrideOf(RowGroup group, int numRows)
    {
        var headBytes = Math.Clamp((double)group.TextBytes / group.NumRows, 1, HeadCharacters);
        return (int)Math.Ceiling(numRows / Math.Min(DocumentsPerBlock, BytesPerBlock / headBytes));
    }

    private readonly record struct Head(long NumBytes, byte[] Utf8);
}
