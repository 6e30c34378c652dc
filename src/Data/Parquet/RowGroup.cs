namespace Lhts.Data.Parquet;

/// <summary>A row group of a shard.</summary>
/// <param name="NumRows">Its rows.</param>
/// <param name="TextBytes">Size of its text column before compression, as the file's footer has it.</param>
public sealed record RowGroup(long NumRows, long TextBytes);
