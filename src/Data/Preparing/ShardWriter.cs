using System.Globalization;
using Lhts.Data.DuckDb;

namespace Lhts.Data.Preparing;

/// <summary>
/// Writes documents into Parquet shards. DuckDB asks for rows as it writes, in chunks that become one row group each,
/// so that a row group's worth of text is in memory, whatever the size of the source.
/// </summary>
internal sealed class ShardWriter(IDocumentSource source, PrepareOptions options, IProgress<PrepareProgress>? progress)
{
    private bool _hasCurrent;
    private long _documents, _textBytes, _emptyDocuments, _shardBytes;
    private int _shards;

    /// <summary>Writes part-00000.parquet and so on into a folder.</summary>
    /// <exception cref="InvalidDataException">The source is bad or has no text at all.</exception>
    public PrepareProgress Write(string folder, CancellationToken cancellation)
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { NumThreads = 1 });
        using var connection = database.Connect();
        using var documents = source.Read(cancellation).GetEnumerator();
        using var table = connection.AddTextTable("documents", HasPrompts ? ["text", "prompt"] : ["text"], chunks => Fill(documents, chunks));
        for (_hasCurrent = Advance(documents); _hasCurrent; _shards++) WriteShard(connection, table, folder);
        if (_documents == 0) throw new InvalidDataException($"'{options.Source ?? options.BibleProgram}' has no documents with text.");
        return Progress();
    }

    private bool HasPrompts => options.HasPrompts;

    private string Columns => $"text AS {DuckDbConnection.Identifier(options.TextColumn)}"
        + (HasPrompts ? $", prompt AS {DuckDbConnection.Identifier(options.PromptColumn)}" : "");

    private void WriteShard(DuckDbConnection connection, ColumnTable table, string folder)
    {
        _shardBytes = 0;
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"part-{_shards:00000}.parquet"));
        try
        {
            // A row group ends at the first chunk that reaches its size of 1: at every chunk.
            connection.Execute(
                $"COPY (SELECT {Columns} FROM documents()) TO {DuckDbConnection.Literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 1)");
        }
        catch (DuckDbException error)
        {
            if (table.Error is { } cause) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            throw new IOException($"The shard '{path}' cannot be written: {error.Message.Split('\n')[0]}");
        }
    }

    private int Fill(IEnumerator<SourceDocument> documents, IReadOnlyList<TextChunk> chunks)
    {
        var numRows = 0;
        var numBytes = 0L;
        while (_hasCurrent && numRows < options.RowGroupRows && numBytes < options.RowGroupBytes && _shardBytes < options.ShardBytes)
        {
            var (document, prompt) = documents.Current;
            chunks[0].Set(numRows, document.Span);
            if (HasPrompts) chunks[1].Set(numRows, prompt.Span);
            numRows++;
            numBytes += document.Length + prompt.Length;
            _shardBytes += document.Length + prompt.Length;
            _textBytes += document.Length;
            _documents++;
            _hasCurrent = Advance(documents);
        }

        if (numRows > 0) progress?.Report(Progress() with { Shards = _shards + 1 });
        return numRows;
    }

    private bool Advance(IEnumerator<SourceDocument> documents)
    {
        while (documents.MoveNext())
        {
            if (documents.Current.Text.Length > 0) return true;
            _emptyDocuments++;
        }

        return false;
    }

    private PrepareProgress Progress() => new(_documents, _textBytes, _emptyDocuments, _shards, source.NumBytesRead, source.NumBytes);
}
