using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lhts.Data.DuckDb;

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
