using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lhts.Data.DuckDb;

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
