using System.Collections.Immutable;
using Lhts.Data.DuckDb;

namespace Lhts.Data.Parquet;

/// <summary>Reads the footers of a data set's files. Batches of files go to DuckDB in one query each.</summary>
internal sealed class ManifestReader(DuckDbConnection connection, string root, string textColumn, string? promptColumn = null)
{
    private const int FilesPerQuery = 256;

    // Of one row group. A damaged footer may claim anything; what it claims is allocated and divided into blocks.
    private const long MaxRows = int.MaxValue;
    private const long MaxTextBytes = 1L << 40;

    public DataManifest Read(IReadOnlyList<string> names, CancellationToken cancellation = default)
    {
        var shards = ImmutableArray.CreateBuilder<Shard>(names.Count);
        foreach (var batch in names.Chunk(FilesPerQuery))
        {
            cancellation.ThrowIfCancellationRequested();
            shards.AddRange(ReadBatch(batch));
        }

        if (shards.Count > 0) return new DataManifest(textColumn, shards.ToImmutable(), promptColumn);
        throw new InvalidDataException(
            $"The shard '{PathOf(names[0])}' has no rows{(names.Count > 1 ? ", nor has any other" : "")}. Write the data set again.");
    }

    private IEnumerable<Shard> ReadBatch(string[] names)
    {
        var footers = names.Select(name => ParquetFooter.Read(PathOf(name))).ToArray();
        var groups = ReadFooters(names);
        return names.Zip(footers).Where(file => HasRows(file.First, groups))
            .Select(file => new Shard(file.First, file.Second.NumBytes, file.Second.Sha256, Groups(file.First, groups)));
    }

    private Dictionary<string, List<RowGroup>> ReadFooters(string[] names)
    {
        try
        {
            CheckColumns(names);
            return ReadRowGroups(names);
        }
        catch (DuckDbException) when (names.Length > 1)
        {
            // One of them is damaged; alone it is named in the error.
            foreach (var name in names) ReadFooters([name]);
            throw;
        }
        catch (DuckDbException error)
        {
            throw new InvalidDataException(
                $"The footer of '{PathOf(names[0])}' cannot be read: {error.FirstLine} Write or copy the file again, or take it out of the data set.");
        }
    }

    /// <summary>Programs that write in parallel (Spark) write files without rows, too; they are left out.</summary>
    private bool HasRows(string name, Dictionary<string, List<RowGroup>> groups) =>
        groups.TryGetValue(PathOf(name), out var found) && found.Any(group => group.NumRows != 0);

    private ImmutableArray<RowGroup> Groups(string name, Dictionary<string, List<RowGroup>> groups)
    {
        var found = groups[PathOf(name)];
        var bad = found.FindIndex(group => group.NumRows is < 0 or > MaxRows || group.TextBytes is < 0 or > MaxTextBytes);
        if (bad < 0) return [.. found];
        throw new InvalidDataException(
            $"The footer of '{PathOf(name)}' claims {found[bad].NumRows} rows and {found[bad].TextBytes} bytes of text in row group {bad}; at most {MaxRows} "
            + $"and {MaxTextBytes} are possible here. Write or copy the file again, or take it out of the data set.");
    }

    private void CheckColumns(string[] names)
    {
        var columns = new Dictionary<string, List<SchemaElement>>(StringComparer.Ordinal);
        using var reader = connection.Query(
            $"SELECT file_name, name, coalesce(type, ''), coalesce(converted_type, ''), coalesce(logical_type, ''), coalesce(num_children, 0) FROM "
            + $"parquet_schema({FileList(names)})");
        while (reader.NextChunk())
        {
            for (var row = 0; row < reader.NumRows; row++)
            {
                var file = reader.Column(0).Text(row);
                if (!columns.TryGetValue(file, out var elements)) columns[file] = elements = [];
                elements.Add(new SchemaElement(
                    reader.Column(1).Text(row), reader.Column(2).Text(row), reader.Column(3).Text(row) + reader.Column(4).Text(row),
                    (int)reader.Column(5).Int64(row)));
            }
        }

        foreach (var (file, elements) in columns)
        {
            ParquetSchema.CheckColumn(file, elements, "text", textColumn);
            if (promptColumn is not null) ParquetSchema.CheckColumn(file, elements, "prompt", promptColumn);
        }
    }

    private Dictionary<string, List<RowGroup>> ReadRowGroups(string[] names)
    {
        var groups = new Dictionary<string, List<RowGroup>>(StringComparer.Ordinal);
        using var reader = connection.Query(
            $"SELECT file_name, max(row_group_num_rows), sum(total_uncompressed_size)::BIGINT FROM parquet_metadata({FileList(names)}) WHERE path_in_schema "
            + "IN (?, ?) GROUP BY file_name, row_group_id ORDER BY file_name, row_group_id",
            textColumn, promptColumn ?? textColumn);
        while (reader.NextChunk())
        {
            for (var row = 0; row < reader.NumRows; row++)
            {
                var file = reader.Column(0).Text(row);
                if (!groups.TryGetValue(file, out var list)) groups[file] = list = [];
                list.Add(new RowGroup(reader.Column(1).Int64(row), reader.Column(2).Int64(row)));
            }
        }

        return groups;
    }

    private string PathOf(string name) => Path.Combine(root, name);

    private string FileList(string[] names) =>
        $"[{string.Join(", ", names.Select(name => DuckDbConnection.Literal(FileGlob.Escape(PathOf(name)))))}]";
}
