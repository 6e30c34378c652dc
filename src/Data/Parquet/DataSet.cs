using System.Text;
using Lhts.Data.DuckDb;

namespace Lhts.Data.Parquet;

/// <summary>A set of Parquet files with a column of text, opened for reading.</summary>
public sealed class DataSet : IDisposable
{
    private readonly DuckDbDatabase _database;
    private readonly string _root;
    private readonly string? _folder;
    private readonly ShardWatch _watch;

    private DataSet(DuckDbDatabase database, string root, DataManifest manifest, DataOptions options)
    {
        _database = database;
        _root = root;
        _folder = Directory.Exists(options.Path) ? Path.GetFullPath(options.Path) : null;
        Manifest = manifest;
        _watch = new ShardWatch(manifest, PathOf);
        BlockBytes = options.BlockBytes;
        Blocks = DataBlock.Split(manifest, options.BlockBytes);
    }

    /// <summary>Files, row groups and fingerprint.</summary>
    public DataManifest Manifest { get; }

    /// <summary>Documents in the set, null and empty ones included.</summary>
    public long NumDocuments => Manifest.NumDocuments;

    /// <summary>The parts that are read and shuffled as a whole, in file order.</summary>
    public IReadOnlyList<DataBlock> Blocks { get; }

    /// <summary>About how large blocks are at most, in bytes of text.</summary>
    public long BlockBytes { get; }

    /// <summary>Reads every file's footer and checks its column.</summary>
    /// <exception cref="FileNotFoundException">Nothing is at the path.</exception>
    /// <exception cref="InvalidDataException">A file is not Parquet, is damaged or lacks the column, or none has rows.</exception>
    public static DataSet Open(DataOptions options, CancellationToken cancellation = default)
    {
        if (options.PromptColumn == options.TextColumn)
        {
            throw new InvalidDataException(
                $"The prompt column and the text column are both '{options.TextColumn}'. Name the column of prompts, or leave it out.");
        }

        var (root, names) = FileGlob.Find(options.Path);
        var database = DuckDbDatabase.Open(new DuckDbOptions { NumThreads = options.NumThreads, MemoryMebibytes = options.MemoryMebibytes });
        try
        {
            using var connection = database.Connect();
            var manifest = new ManifestReader(connection, root, options.TextColumn, options.PromptColumn).Read(names, cancellation);
            return new DataSet(database, root, manifest, options);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Where a document lies, for messages: file and row counted from 0.</summary>
    public string Describe(long document)
    {
        var first = 0L;
        for (var shard = 0; shard < Manifest.Shards.Length; shard++)
        {
            var rows = Manifest.Shards[shard].NumRows;
            if (document < first + rows) return $"'{PathOf(shard)}' row {document - first}";
            first += rows;
        }

        throw new ArgumentOutOfRangeException(nameof(document), document, $"There are {NumDocuments} documents.");
    }

    /// <summary>Every document's UTF-8 bytes in file order, each behind its prompt's if there is one; null documents are left out.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> ReadTexts(CancellationToken cancellation = default)
    {
        using var reader = OpenReader();
        foreach (var block in Blocks)
        {
            var text = reader.Read(block, cancellation);
            for (var row = 0; row < text.NumRows; row++)
            {
                if (text.Kind(row) != RowKind.Text) continue;
                if (Manifest.PromptColumn is not null) yield return text.Prompt(row);
                yield return text.Text(row);
            }
        }
    }

    /// <summary>Every document with its prompt as text, in file order; null documents are left out.</summary>
    public IEnumerable<PromptDocument> ReadPrompts(CancellationToken cancellation = default)
    {
        using var reader = OpenReader();
        foreach (var block in Blocks)
        {
            var text = reader.Read(block, cancellation);
            for (var row = 0; row < text.NumRows; row++)
            {
                if (text.Kind(row) != RowKind.Text) continue;
                yield return new PromptDocument(Encoding.UTF8.GetString(text.Prompt(row).Span), Encoding.UTF8.GetString(text.Text(row).Span));
            }
        }
    }

    /// <summary>Bytes of all texts, by DuckDB alone: how fast reading could be at best.</summary>
    public long ScanTextBytes()
    {
        using var connection = _database.Connect();
        var files = string.Join(", ", Enumerable.Range(0, Manifest.Shards.Length).Select(shard => DuckDbConnection.Literal(FileGlob.Escape(PathOf(shard)))));
        using var reader = connection.Query(
            $"SELECT coalesce(sum(strlen({DuckDbConnection.Identifier(Manifest.TextColumn)})), 0)::BIGINT FROM read_parquet([{files}], binary_as_string = "
            + "true)");
        reader.NextChunk();
        return reader.Column(0).Int64(0);
    }

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    internal BlockReader OpenReader(BadRows badRows = BadRows.Fail, Action<string>? onBadRows = null) =>
        new(_database.Connect(), Manifest, PathOf, badRows, onBadRows, _watch);

    internal DuckDbConnection Connect() => _database.Connect();

    /// <summary>Whether Parquet files in this folder would be taken for documents: it lies in the set's own and no part of its name is hidden.</summary>
    internal bool WouldRead(string folder)
    {
        if (_folder is null) return false;
        var name = Path.GetRelativePath(_folder, Path.GetFullPath(folder)).Replace('\\', '/');
        return name == "." || (!Path.IsPathRooted(name) && !FileGlob.IsHidden(name));
    }

    internal string PathOf(int shard) => Path.Combine(_root, Manifest.Shards[shard].Name);
}

/// <summary>A document and the prompt that it answers.</summary>
/// <param name="Prompt">What is read and not scored; empty where the data set has no prompts.</param>
/// <param name="Text">What follows it.</param>
public readonly record struct PromptDocument(string Prompt, string Text);
