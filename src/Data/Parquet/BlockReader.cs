using Lhts.Data.DuckDb;

namespace Lhts.Data.Parquet;

/// <summary>Reads blocks of documents; one thread at a time.</summary>
internal sealed class BlockReader(
    DuckDbConnection connection, DataManifest manifest, Func<int, string> pathOf, BadRows badRows = BadRows.Fail,
    Action<string>? onBadRows = null, ShardWatch? watch = null)
    : IDisposable
{
    // Looking for the bad rows of a block halves it again and again; a block with more failures than this is given up
    // piece by piece, so that damage costs a bounded number of queries.
    private const int MaxFailures = 64;

    private const int MaxExpectedBytes = 1 << 26;

    // Rows of many megabytes: other blocks are smaller, and collecting takes nothing beside reading it.
    private const int LargeBytes = 1 << 25;

    // The filter on file_row_number lets DuckDB pass over the other row groups; only the columns that are needed are read.
    private readonly string _sql =
        $"SELECT {DuckDbConnection.Identifier(manifest.TextColumn)}{(manifest.PromptColumn is { } prompt ? ", " + DuckDbConnection.Identifier(prompt) : "")} "
        + "FROM read_parquet(?, file_row_number = true, binary_as_string = true, hive_partitioning = false) WHERE file_row_number >= ? AND file_row_number < ?";

    /// <exception cref="InvalidDataException">The file is damaged or is no longer what the manifest says.</exception>
    public TextBlock Read(DataBlock block, CancellationToken cancellation)
    {
        using var interrupt = connection.InterruptOn(cancellation);
        var expected = ExpectedBytes(block);
        if (expected >= LargeBytes) GC.Collect(); // what the last one took: it would be found long after this one is there
        var text = new TextBlock(block, expected);
        var numFailures = 0;
        watch?.Require(block.Shard); // before: a message of its own in place of whatever DuckDB finds
        Read(text, block.NumRows, ref numFailures, cancellation);
        watch?.Require(block.Shard); // after: what was read is of the file that was there all the time
        return text;
    }

    /// <summary>Looks whether a block that was read is still what the manifest says.</summary>
    /// <exception cref="InvalidDataException">Its file was changed or replaced.</exception>
    public void RequireUnchanged(DataBlock block) => watch?.Require(block.Shard);

    public void Dispose() => connection.Dispose();

    /// <summary>By the footer, which may claim anything: up to a bound.</summary>
    private int ExpectedBytes(DataBlock block)
    {
        var group = manifest.Shards[block.Shard].RowGroups[block.RowGroup];
        return (int)Math.Min(MaxExpectedBytes, (double)group.TextBytes * block.NumRows / group.NumRows);
    }

    private void Read(TextBlock text, int numRows, ref int numFailures, CancellationToken cancellation)
    {
        var start = text.NumRows;
        try
        {
            Append(text, numRows, cancellation);
        }
        catch (DuckDbException error)
        {
            cancellation.ThrowIfCancellationRequested();
            text.Truncate(start);
            var what = Describe(text.Block, start, numRows, error);
            if (badRows == BadRows.Fail || !error.IsAboutData)
            {
                throw new InvalidDataException($"{what} Write or copy the file again, or take it out of the data set.");
            }

            if (numRows == 1 || ++numFailures > MaxFailures) Skip(text, numRows, what);
            else
            {
                Read(text, numRows / 2, ref numFailures, cancellation);
                Read(text, numRows - numRows / 2, ref numFailures, cancellation);
            }
        }
    }

    private void Append(TextBlock text, int numRows, CancellationToken cancellation)
    {
        var block = text.Block;
        var path = pathOf(block.Shard);
        var (first, end) = (block.FirstRow + text.NumRows, text.NumRows + numRows);
        using var reader = connection.Query(_sql, FileGlob.Escape(path), first, first + numRows);
        while (reader.NextChunk())
        {
            cancellation.ThrowIfCancellationRequested();
            if (text.NumRows + reader.NumRows > end) throw Changed(path, first, numRows, text.NumRows + reader.NumRows - end + numRows);
            for (var row = 0; row < reader.NumRows; row++)
            {
                var bytes = BytesOf(reader, 0, row);
                var prompt = BytesOf(reader, 1, row);
                if (text.NumBytes + bytes.Length + prompt.Length > Array.MaxLength) throw TooLarge(block, path);
                text.Add(bytes, reader.Column(0).IsNull(row) ? RowKind.Null : RowKind.Text, prompt);
            }
        }

        if (text.NumRows < end) throw Changed(path, first, numRows, numRows - (end - text.NumRows));
    }

    private static ReadOnlySpan<byte> BytesOf(DuckDbReader reader, int index, int row) =>
        index >= reader.NumColumns || reader.Column(index).IsNull(row) ? default : reader.Column(index).Bytes(row);

    private void Skip(TextBlock text, int numRows, string what)
    {
        onBadRows?.Invoke($"{what} Skipped.");
        for (var row = 0; row < numRows; row++) text.Add([], RowKind.Bad);
    }

    private string Describe(DataBlock block, int start, int numRows, DuckDbException error)
    {
        var first = block.FirstRow + start;
        return $"Row group {block.RowGroup} of '{pathOf(block.Shard)}' (rows {first} to {first + numRows - 1}) cannot be read: {error.FirstLine}";
    }

    private static InvalidDataException Changed(string path, long first, int expected, int found) =>
        new(
            $"'{path}' changed while it was read: {found} rows where its footer had {expected}, from row {first} on. Do not write to a data set in use.");

    private static InvalidDataException TooLarge(DataBlock block, string path) =>
        new(
            $"Row group {block.RowGroup} of '{path}' holds more than {Array.MaxLength} bytes of text in rows {block.FirstRow} to "
            + $"{block.FirstRow + block.NumRows - 1}. Write it with smaller row groups.");
}
