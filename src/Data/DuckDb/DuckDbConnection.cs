namespace Lhts.Data.DuckDb;

/// <summary>One connection; used by one thread at a time.</summary>
internal sealed class DuckDbConnection(ConnectionHandle handle) : IDisposable
{
    /// <summary>Runs a query with parameters written as ? and gives its rows as they are computed.</summary>
    /// <exception cref="DuckDbException">The query is wrong or could not be started.</exception>
    public DuckDbReader Query(string sql, params ReadOnlySpan<object> parameters)
    {
        using var statement = StatementHandle.Prepare(handle, sql);
        for (var i = 0; i < parameters.Length; i++) statement.Bind(i + 1, parameters[i]);
        return new DuckDbReader(statement.ExecuteStreaming());
    }

    /// <summary>Runs a statement to its end and forgets its rows.</summary>
    public void Execute(string sql, params ReadOnlySpan<object> parameters)
    {
        using var reader = Query(sql, parameters);
        while (reader.NextChunk()) { }
    }

    /// <summary>Makes a table of one column, text, whose rows <paramref name="fill"/> writes on demand.</summary>
    public ColumnTable AddTextTable(string name, Func<TextChunk, int> fill) =>
        AddTextTable(name, ["text"], chunks => fill(chunks[0]));

    /// <summary>Makes a table of several columns of text likewise; each call of <paramref name="fill"/> has a chunk for each of them.</summary>
    public ColumnTable AddTextTable(string name, IReadOnlyList<string> columns, Func<IReadOnlyList<TextChunk>, int> fill) =>
        ColumnTable.Register(handle, name, columns, ColumnType.Text, vectors => fill([.. vectors.Select(vector => new TextChunk(vector))]));

    /// <summary>Makes a table of one column, numbers, of type FLOAT[], likewise.</summary>
    public ColumnTable AddFloatListTable(string name, Func<FloatListChunk, int> fill) =>
        ColumnTable.Register(handle, name, ["numbers"], ColumnType.FloatList, vectors => fill(new FloatListChunk(vectors[0])));

    /// <summary>Interrupts what runs here when the token is cancelled.</summary>
    public CancellationTokenRegistration InterruptOn(CancellationToken cancellation) =>
        cancellation.Register(static state => ((ConnectionHandle)state!).Interrupt(), handle);

    public void Dispose() => handle.Dispose();

    /// <summary>A string as a literal of SQL.</summary>
    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A name as a quoted identifier of SQL.</summary>
    public static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
