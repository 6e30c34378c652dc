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
