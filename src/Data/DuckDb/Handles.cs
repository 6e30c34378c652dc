using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lhts.Data.DuckDb;

/// <summary>A duckdb_database.</summary>
internal sealed partial class DatabaseHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>Opens a database that lives in memory only.</summary>
    public static DatabaseHandle OpenInMemory(ConfigHandle config)
    {
        if (duckdb_open_ext(":memory:", out var database, config, out var error) == 0) return database;
        var message = Marshal.PtrToStringUTF8(error) ?? "no reason given";
        duckdb_free(error);
        database.Dispose();
        throw new DuckDbException($"DuckDB could not be opened: {message}");
    }

    protected override bool ReleaseHandle()
    {
        duckdb_close(ref handle);
        return true;
    }

    [LibraryImport("duckdb", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int duckdb_open_ext(string path, out DatabaseHandle database, ConfigHandle config, out nint error);

    [LibraryImport("duckdb")]
    private static partial void duckdb_close(ref nint database);

    [LibraryImport("duckdb")]
    private static partial void duckdb_free(nint memory);
}

/// <summary>A duckdb_config: the settings a database is opened with.</summary>
internal sealed partial class ConfigHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>Makes the settings, in the order given.</summary>
    public static ConfigHandle Create(IEnumerable<KeyValuePair<string, string>> settings)
    {
        if (duckdb_create_config(out var config) != 0)
        {
            config.Dispose();
            throw new DuckDbException("DuckDB could not allocate its configuration.");
        }

        foreach (var (name, value) in settings)
        {
            if (duckdb_set_config(config, name, value) == 0) continue;
            config.Dispose();
            throw new DuckDbException($"DuckDB refused the setting {name} = '{value}'.");
        }

        return config;
    }

    protected override bool ReleaseHandle()
    {
        duckdb_destroy_config(ref handle);
        return true;
    }

    [LibraryImport("duckdb")]
    private static partial int duckdb_create_config(out ConfigHandle config);

    [LibraryImport("duckdb", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int duckdb_set_config(ConfigHandle config, string name, string option);

    [LibraryImport("duckdb")]
    private static partial void duckdb_destroy_config(ref nint config);
}

/// <summary>A duckdb_connection.</summary>
internal sealed partial class ConnectionHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    public static ConnectionHandle Connect(DatabaseHandle database)
    {
        if (duckdb_connect(database, out var connection) == 0) return connection;
        connection.Dispose();
        throw new DuckDbException("DuckDB refused a connection.");
    }

    /// <summary>Makes the query that runs on this connection, if any, fail soon. May be called from any thread.</summary>
    public void Interrupt() => duckdb_interrupt(this);

    protected override bool ReleaseHandle()
    {
        duckdb_disconnect(ref handle);
        return true;
    }

    [LibraryImport("duckdb")]
    private static partial int duckdb_connect(DatabaseHandle database, out ConnectionHandle connection);

    [LibraryImport("duckdb")]
    private static partial void duckdb_interrupt(ConnectionHandle connection);

    [LibraryImport("duckdb")]
    private static partial void duckdb_disconnect(ref nint connection);
}

/// <summary>A duckdb_prepared_statement with its parameters.</summary>
internal sealed partial class StatementHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    public static StatementHandle Prepare(ConnectionHandle connection, string sql)
    {
        if (duckdb_prepare(connection, sql, out var statement) == 0) return statement;
        var message = Marshal.PtrToStringUTF8(duckdb_prepare_error(statement)) ?? "no reason given";
        statement.Dispose();
        throw new DuckDbException(message);
    }

    /// <summary>Binds parameter <paramref name="index"/>, counted from 1.</summary>
    public void Bind(int index, object value)
    {
        var status = value switch
        {
            string text => duckdb_bind_varchar(this, (ulong)index, text),
            int number => duckdb_bind_int64(this, (ulong)index, number),
            long number => duckdb_bind_int64(this, (ulong)index, number),
            _ => throw new ArgumentException($"Parameters of type {value.GetType()} are not supported.", nameof(value)),
        };
        if (status != 0) throw new DuckDbException($"DuckDB could not bind parameter {index} = '{value}'.");
    }

    /// <summary>Runs the statement; its rows are computed while they are fetched.</summary>
    public ResultHandle ExecuteStreaming()
    {
        var pending = PendingHandle.Start(this);
        using (pending) return pending.Execute();
    }

    protected override bool ReleaseHandle()
    {
        duckdb_destroy_prepare(ref handle);
        return true;
    }

    [LibraryImport("duckdb", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int duckdb_prepare(ConnectionHandle connection, string query, out StatementHandle statement);

    [LibraryImport("duckdb")]
    private static partial nint duckdb_prepare_error(StatementHandle statement);

    [LibraryImport("duckdb")]
    private static partial int duckdb_bind_int64(StatementHandle statement, ulong index, long value);

    [LibraryImport("duckdb", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int duckdb_bind_varchar(StatementHandle statement, ulong index, string value);

    [LibraryImport("duckdb")]
    private static partial void duckdb_destroy_prepare(ref nint statement);
}

/// <summary>A duckdb_pending_result: a statement about to run.</summary>
internal sealed partial class PendingHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    public static PendingHandle Start(StatementHandle statement)
    {
        if (duckdb_pending_prepared_streaming(statement, out var pending) == 0) return pending;
        var message = Marshal.PtrToStringUTF8(duckdb_pending_error(pending)) ?? "no reason given";
        pending.Dispose();
        throw new DuckDbException(message);
    }

    public ResultHandle Execute()
    {
        var result = new ResultHandle();
        if (duckdb_execute_pending(this, result.Address) == 0) return result;
        var message = result.Error ?? "no reason given";
        result.Dispose();
        throw new DuckDbException(message);
    }

    protected override bool ReleaseHandle()
    {
        duckdb_destroy_pending(ref handle);
        return true;
    }

    [LibraryImport("duckdb")]
    private static partial int duckdb_pending_prepared_streaming(StatementHandle statement, out PendingHandle pending);

    [LibraryImport("duckdb")]
    private static partial nint duckdb_pending_error(PendingHandle pending);

    [LibraryImport("duckdb")]
    private static partial int duckdb_execute_pending(PendingHandle pending, nint result);

    [LibraryImport("duckdb")]
    private static partial void duckdb_destroy_pending(ref nint pending);
}

/// <summary>A duckdb_result: a struct that the caller owns, kept in unmanaged memory.</summary>
internal sealed unsafe partial class ResultHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public ResultHandle() : base(ownsHandle: true) =>
        SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(ResultStruct)));

    /// <summary>Where the struct lies, for the call that fills it.</summary>
    public nint Address => handle;

    /// <summary>The error of the last operation on this result; null when there is none.</summary>
    public string? Error => Marshal.PtrToStringUTF8(duckdb_result_error(handle));

    /// <summary>The next rows; null after the last.</summary>
    /// <exception cref="DuckDbException">The query failed while running.</exception>
    public ChunkHandle? FetchChunk()
    {
        var chunk = duckdb_fetch_chunk(*(ResultStruct*)handle);
        if (!chunk.IsInvalid) return chunk;
        chunk.Dispose();
        return Error is { Length: > 0 } error ? throw new DuckDbException(error) : null;
    }

    protected override bool ReleaseHandle()
    {
        duckdb_destroy_result(handle);
        NativeMemory.Free((void*)handle);
        return true;
    }

    [LibraryImport("duckdb")]
    private static partial nint duckdb_result_error(nint result);

    [LibraryImport("duckdb")]
    private static partial ChunkHandle duckdb_fetch_chunk(ResultStruct result);

    [LibraryImport("duckdb")]
    private static partial void duckdb_destroy_result(nint result);

    /// <summary>duckdb_result of duckdb.h: five deprecated members, then the one that is used.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ResultStruct
    {
        public ulong DeprecatedColumnCount;
        public ulong DeprecatedRowCount;
        public ulong DeprecatedRowsChanged;
        public nint DeprecatedColumns;
        public nint DeprecatedErrorMessage;
        public nint InternalData;
    }
}

/// <summary>A duckdb_data_chunk: up to 2048 rows, one vector for each column.</summary>
internal sealed unsafe partial class ChunkHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    public int NumRows => checked((int)duckdb_data_chunk_get_size(this));

    public int NumColumns => checked((int)duckdb_data_chunk_get_column_count(this));

    /// <summary>The values of a column; they live as long as this chunk.</summary>
    public ColumnVector Column(int index)
    {
        var vector = duckdb_data_chunk_get_vector(this, (ulong)index);
        return new ColumnVector(duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector));
    }

    /// <summary>The values of a column of type FLOAT[]; they live as long as this chunk.</summary>
    public FloatListVector FloatLists(int index)
    {
        var vector = duckdb_data_chunk_get_vector(this, (ulong)index);
        var child = duckdb_list_vector_get_child(vector);
        return new FloatListVector(
            (ListEntry*)duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector), (float*)duckdb_vector_get_data(child),
            duckdb_vector_get_validity(child));
    }

    protected override bool ReleaseHandle()
    {
        duckdb_destroy_data_chunk(ref handle);
        return true;
    }

    [LibraryImport("duckdb")]
    private static partial ulong duckdb_data_chunk_get_size(ChunkHandle chunk);

    [LibraryImport("duckdb")]
    private static partial ulong duckdb_data_chunk_get_column_count(ChunkHandle chunk);

    [LibraryImport("duckdb")]
    private static partial nint duckdb_data_chunk_get_vector(ChunkHandle chunk, ulong column);

    [LibraryImport("duckdb")]
    private static partial nint duckdb_list_vector_get_child(nint vector);

    [LibraryImport("duckdb")]
    private static partial void* duckdb_vector_get_data(nint vector);

    [LibraryImport("duckdb")]
    private static partial ulong* duckdb_vector_get_validity(nint vector);

    [LibraryImport("duckdb")]
    private static partial void duckdb_destroy_data_chunk(ref nint chunk);
}
