using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Lhts.Data.Parquet;

/// <summary>A Parquet file of a data set.</summary>
/// <param name="Name">Path relative to the data set's root, with /.</param>
/// <param name="NumBytes">Size of the file.</param>
/// <param name="FooterSha256">Hash of the footer, which places and sizes everything in the file.</param>
/// <param name="RowGroups">Its row groups in file order.</param>
public sealed record Shard(string Name, long NumBytes, string FooterSha256, ImmutableArray<RowGroup> RowGroups)
{
    /// <summary>Documents in the file, null and empty ones included.</summary>
    [JsonIgnore]
    public long NumRows => RowGroups.Sum(group => group.NumRows);
}

/// <summary>A row group of a shard.</summary>
/// <param name="NumRows">Its rows.</param>
/// <param name="TextBytes">Size of its text column before compression, as the file's footer has it.</param>
public sealed record RowGroup(long NumRows, long TextBytes);
