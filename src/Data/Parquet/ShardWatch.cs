namespace Lhts.Data.Parquet;

/// <summary>
/// Notices files of a data set that are replaced while it is in use. A file whose time and size are those of the last look is taken for the same; of any
/// other the footer is read again. Safe for many threads.
/// </summary>
/// <param name="manifest">What the files were when the data set was opened.</param>
/// <param name="pathOf">Where they are.</param>
internal sealed class ShardWatch(DataManifest manifest, Func<int, string> pathOf)
{
    private readonly Look?[] last = new Look?[manifest.Shards.Length];

    /// <summary>Makes sure that a file is still the one that was opened.</summary>
    /// <exception cref="InvalidDataException">It is gone, or another.</exception>
    public void Require(int shard)
    {
        var (path, expected) = (pathOf(shard), manifest.Shards[shard]);
        var file = new FileInfo(path);
        if (!file.Exists) throw Changed(path, "is gone");
        var now = new Look(file.LastWriteTimeUtc, file.Length);
        if (now == Volatile.Read(ref last[shard])) return;
        if (file.Length != expected.NumBytes) throw Changed(path, $"has {file.Length} bytes in place of {expected.NumBytes}");
        if (ParquetFooter.Read(path).Sha256 != expected.FooterSha256) throw Changed(path, "has another footer");
        Volatile.Write(ref last[shard], now);
    }

    private static InvalidDataException Changed(string path, string what) => new(
        $"'{path}' changed while it was in use: it {what}. Put the file back, or start a new run with the data as they are now. Do not write to a data set "
        + "in use.");

    private sealed record Look(DateTime Written, long NumBytes);
}
