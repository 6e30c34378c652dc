using System.Text.Json.Serialization;

namespace Lhts.Data.Parquet;

/// <summary>Which documents there are to train on, and what reading them may use.</summary>
public sealed record DataOptions
{
    /// <summary>A Parquet file, a folder (every *.parquet below it) or a glob (*, **, ?, [abc], {a,b}).</summary>
    public required string Path { get; init; }

    /// <summary>The column that holds the documents; default "text".</summary>
    public string TextColumn { get; init; } = "text";

    /// <summary>The column that holds a prompt for each document, which is read and never scored; default null, there are none.</summary>
    public string? PromptColumn { get; init; }

    /// <summary>
    /// Row groups whose text is larger than this are read in parts of about this size. Unit: bytes before
    /// compression; default 16 MiB. It bounds memory and takes part in the order of documents.
    /// </summary>
    public long BlockBytes { get; init; } = 16 << 20;

    /// <summary>Threads of DuckDB; default 2.</summary>
    public int NumThreads { get; init; } = 2;

    /// <summary>Memory of DuckDB in mebibytes; default 1024.</summary>
    public int MemoryMebibytes { get; init; } = 1024;
}

/// <summary>What to do about rows that cannot be read or encoded.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BadRows>))]
public enum BadRows
{
    /// <summary>Stop with an error that names file, row group and rows.</summary>
    Fail,

    /// <summary>Pass over them as over empty ones, and count them.</summary>
    Skip,
}
