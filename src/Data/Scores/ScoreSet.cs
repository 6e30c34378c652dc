using Lhts.Data.Parquet;

namespace Lhts.Data.Scores;

/// <summary>The teacher's log-probs of every document of a data set, kept in Parquet files beside it.</summary>
public sealed class ScoreSet
{
    private readonly DataSet _data;
    private readonly string _folder;

    private ScoreSet(DataSet data, string folder, ScoreManifest manifest) => (_data, _folder, Manifest) = (data, folder, manifest);

    /// <summary>What they were made from, and their files.</summary>
    public ScoreManifest Manifest { get; }

    /// <summary>Opens the scores of a data set.</summary>
    /// <param name="folder">Where they were written.</param>
    /// <param name="data">The data set; the scores are read while it is open.</param>
    /// <param name="expected">What they must have been made from.</param>
    /// <exception cref="FileNotFoundException">They, or one of their files, are not there.</exception>
    /// <exception cref="InvalidDataException">They were made from something else, or a file is damaged or was replaced.</exception>
    public static ScoreSet Open(string folder, DataSet data, ScoreSource expected)
    {
        var scores = new ScoreSet(data, folder, ScoreManifest.Load(folder));
        scores.Require(expected);
        scores.CheckFiles();
        return scores;
    }

    /// <exception cref="InvalidDataException">They were made from something else; the message lists the differences.</exception>
    internal void Require(ScoreSource expected)
    {
        if (expected.DifferencesFrom(Manifest.Source) is not { Count: > 0 } differences) return;
        throw new InvalidDataException(
            $"The teacher's scores in '{_folder}' were made from something else: {string.Join("; ", differences)}. Restore these, or make scores in another "
            + "folder with 'lhts data score'.");
    }

    internal ScoreReader OpenReader() => new(_data.Connect(), PathOf);

    private void CheckFiles()
    {
        var shards = _data.Manifest.Shards;
        if (!Manifest.Shards.Select(shard => (shard.Name, shard.NumRows)).SequenceEqual(shards.Select(shard => (shard.Name, shard.NumRows))))
        {
            throw new InvalidDataException(
                $"'{Path.Combine(_folder, ScoreManifest.FileName)}' lists other files than the data set has. Delete the folder, and make the scores anew "
                + "with 'lhts data score'.");
        }

        for (var shard = 0; shard < shards.Length; shard++)
        {
            var (path, made) = (PathOf(shard), Manifest.Shards[shard]);
            if (!File.Exists(path))
            {
                throw new FileNotFoundException($"The scores '{path}' are missing. Delete the folder, and make the scores anew with 'lhts data score'.");
            }

            if (ParquetFooter.Read(path) == (made.NumBytes, made.FooterSha256)) continue;
            throw new InvalidDataException(
                $"The scores '{path}' are not the file that was written. Delete the folder, and make the scores anew with 'lhts data score'.");
        }
    }

    private string PathOf(int shard) => Path.Combine(_folder, _data.Manifest.Shards[shard].Name);
}
