using System.Globalization;

namespace Lhts.Data.DuckDb;

/// <summary>A DuckDB in memory, with bounded threads and memory and without extensions from the network.</summary>
internal sealed class DuckDbDatabase : IDisposable
{
    private readonly DatabaseHandle _handle;

    private DuckDbDatabase(DatabaseHandle handle) => _handle = handle;

    public static DuckDbDatabase Open(DuckDbOptions options)
    {
        using var config = ConfigHandle.Create(Settings(options));
        return new DuckDbDatabase(DatabaseHandle.OpenInMemory(config));
    }

    public DuckDbConnection Connect() => new(ConnectionHandle.Connect(_handle));

    public void Dispose() => _handle.Dispose();

    private static Dictionary<string, string> Settings(DuckDbOptions options) => new()
    {
        ["threads"] = options.NumThreads.ToString(CultureInfo.InvariantCulture),
        ["memory_limit"] = string.Create(CultureInfo.InvariantCulture, $"{options.MemoryMebibytes}MiB"),
        ["autoinstall_known_extensions"] = "false",
        ["autoload_known_extensions"] = "false",
        ["allow_community_extensions"] = "false",
        ["temp_directory"] = options.SpillFolder ?? "",
    };
}

/// <summary>What DuckDB may use of the machine.</summary>
internal sealed record DuckDbOptions
{
    /// <summary>Threads of its scheduler; default 2.</summary>
    public int NumThreads { get; init; } = 2;

    /// <summary>Memory of its buffers in mebibytes; default 1024.</summary>
    public int MemoryMebibytes { get; init; } = 1024;

    /// <summary>Where it may spill what does not fit; null (default) for nowhere.</summary>
    public string? SpillFolder { get; init; }
}
