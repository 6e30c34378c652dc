namespace Lhts.Data.DuckDb;

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
