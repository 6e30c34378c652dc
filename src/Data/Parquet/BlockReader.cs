using Lhts.Data.DuckDb;

namespace Lhts.Data.Parquet;

/// <summary>Reads blocks of documents; one thread at a time.</summary>
internal sealed class BlockReader(DuckDbConnection connection, DataManifest manifest, Func<int, string> pathOf) : IDisposable
{
    // The filter on file_row_number lets DuckDB pass over the other row groups; one column is read.
    private readonly string _sql =
        $"SELECT {DuckDbConnection.Identifier(manifest.TextColumn)} FROM read_parquet(?, file_row_number = true, binary_as_string = true, hive_partitioning = false) WHERE file_row_number >= ? AND file_row_number < ?";

    /// <exception cref="InvalidDataException">The file is damaged or is no longer what the manifest says.</exception>
    public TextBlock Read(DataBlock block, CancellationToken cancellation)
    {
        var path = pathOf(block.Shard);
        try
        {
            return Read(block, path, cancellation);
        }
        catch (DuckDbException error)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new InvalidDataException(
                $"Row group {block.RowGroup} of '{path}' (rows {block.FirstRow} to {block.FirstRow + block.NumRows - 1}) cannot be read: {error.Message.Split('\n')[0]} Write or copy the file again, or take it out of the data set.");
        }
    }

    public void Dispose() => connection.Dispose();

    private TextBlock Read(DataBlock block, string path, CancellationToken cancellation)
    {
        using var interrupt = connection.InterruptOn(cancellation);
        using var reader = connection.Query(_sql, FileGlob.Escape(path), block.FirstRow, block.FirstRow + block.NumRows);
        var text = new TextBlock(block);
        while (reader.NextChunk())
        {
            cancellation.ThrowIfCancellationRequested();
            var column = reader.Column(0);
            if (text.NumRows + reader.NumRows > block.NumRows) throw Changed(block, path, text.NumRows + reader.NumRows);
            for (var row = 0; row < reader.NumRows; row++)
            {
                var isNull = column.IsNull(row);
                var bytes = isNull ? default : column.Bytes(row);
                if (text.NumBytes + bytes.Length > Array.MaxLength) throw TooLarge(block, path);
                text.Add(bytes, isNull);
            }
        }

        return text.NumRows == block.NumRows ? text : throw Changed(block, path, text.NumRows);
    }

    private static InvalidDataException Changed(DataBlock block, string path, int found) =>
        new($"'{path}' changed while it was read: {found} rows where its footer had {block.NumRows}, from row {block.FirstRow} on. Do not write to a data set in use.");

    private static InvalidDataException TooLarge(DataBlock block, string path) =>
        new($"Row group {block.RowGroup} of '{path}' holds more than {Array.MaxLength} bytes of text in rows {block.FirstRow} to {block.FirstRow + block.NumRows - 1}. Write it with smaller row groups.");
}
