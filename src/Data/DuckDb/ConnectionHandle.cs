using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lhts.Data.DuckDb;

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
