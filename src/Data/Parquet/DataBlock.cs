namespace Lhts.Data.Parquet;

/// <summary>Rows that are read together: a row group, or a part of a large one.</summary>
/// <param name="Shard">Index of the file in the manifest.</param>
/// <param name="RowGroup">Index of the row group in the file.</param>
/// <param name="FirstRow">First row, counted in the file.</param>
/// <param name="NumRows">Rows in the block.</param>
/// <param name="FirstDocument">First row, counted over the whole data set: the document's id.</param>
public readonly record struct DataBlock(int Shard, int RowGroup, long FirstRow, int NumRows, long FirstDocument)
{
    /// <summary>Even tiny documents are shuffled and held in blocks of at most this many.</summary>
    internal const int MaxRows = 1 << 16;

    /// <summary>Cuts the row groups of a data set into blocks of about <paramref name="blockBytes"/> of text.</summary>
    public static DataBlock[] Split(DataManifest manifest, long blockBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockBytes, 1);
        var blocks = new List<DataBlock>();
        var document = 0L;
        for (var shard = 0; shard < manifest.Shards.Length; shard++)
        {
            var row = 0L;
            for (var group = 0; group < manifest.Shards[shard].RowGroups.Length; group++)
            {
                var (numRows, textBytes) = manifest.Shards[shard].RowGroups[group];
                var parts = Math.Max((textBytes + blockBytes - 1) / blockBytes, (numRows + MaxRows - 1) / MaxRows);
                parts = Math.Clamp(parts, 1, Math.Max(1, numRows));
                for (var part = 0L; part < parts && numRows > 0; part++)
                {
                    var (start, end) = (Share(numRows, part, parts), Share(numRows, part + 1, parts));
                    blocks.Add(new DataBlock(shard, group, row + start, checked((int)(end - start)), document + start));
                }

                (row, document) = (row + numRows, document + numRows);
            }
        }

        return [.. blocks];
    }

    private static long Share(long total, long part, long parts) => (long)((Int128)total * part / parts);
}
