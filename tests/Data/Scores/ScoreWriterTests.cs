using Lhts.Data.Batching;
using Lhts.Data.DuckDb;
using Lhts.Data.Parquet;
using Lhts.Data.Scores;

namespace Lhts.Data.Tests.Scores;

/// <summary>Folders of scores are complete or not there, and are made only once.</summary>
public sealed class ScoreWriterTests : ScoreFixture
{
    [Test]
    public void Write_MirrorsShardsRowByRow()
    {
        using var data = MakeData();
        var progress = Write(data, OptionsOf());
        Assert.That(progress.Documents, Is.EqualTo(42));
        using var database = DuckDbDatabase.Open(new DuckDbOptions());
        using var connection = database.Connect();
        foreach (var shard in data.Manifest.Shards)
        {
            using var reader = connection.Query(
                "SELECT count(*), count(*) FILTER ((s.log_probs IS NULL) = (coalesce(t.text, '') = '')), sum(len(s.log_probs))::BIGINT FROM read_parquet(?, "
                + "file_row_number = true) t JOIN read_parquet(?, file_row_number = true) s USING (file_row_number)",
                Path.Combine(DataFolder, shard.Name), Path.Combine(ScoreFolder, shard.Name));
            Assert.That(reader.NextChunk(), Is.True);
            Assert.That((reader.Column(0).Int64(0), reader.Column(1).Int64(0)), Is.EqualTo((shard.NumRows, shard.NumRows)));
            Assert.That(reader.Column(2).Int64(0), Is.Positive);
        }
    }

    [Test]
    public void Write_WhenDone_AsksTheTeacherNothing()
    {
        using var data = MakeData();
        Write(data, OptionsOf());
        var (before, time) = (NumScored, File.GetLastWriteTimeUtc(Path.Combine(ScoreFolder, ScoreManifest.FileName)));
        Assert.That(Write(data, OptionsOf()), Is.EqualTo(new ScoreProgress(42, 0)));
        Assert.That(NumScored, Is.EqualTo(before));
        Assert.That(File.GetLastWriteTimeUtc(Path.Combine(ScoreFolder, ScoreManifest.FileName)), Is.EqualTo(time));
    }

    [Test]
    public void Write_AfterAFailure_GoesOnWithTheNextShard()
    {
        using var data = MakeData();
        var calls = 0;
        Assert.That(
            () => Write(data, OptionsOf(), (sequences, stop) => ++calls == 3 ? throw new OperationCanceledException() : Score(sequences, stop)),
            Throws.TypeOf<OperationCanceledException>());
        Assert.That(Directory.Exists(ScoreFolder), Is.False);
        var before = NumScored;
        var progress = Write(data, OptionsOf());
        var resumed = NumScored - before;
        Assert.That(progress.Documents, Is.EqualTo(42));
        Assert.That(Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "data", "scores" }),
            "nothing is left beside");

        Directory.Delete(ScoreFolder, recursive: true);
        before = NumScored;
        Write(data, OptionsOf());
        Assert.That(resumed, Is.LessThan(NumScored - before), "two of the three shards were there");
        Assert.That(() => OpenScores(data, OptionsOf()), Throws.Nothing);
    }

    [Test]
    public void Write_OfManyDocuments_UsesSeveralRowGroups()
    {
        WriteQuery("many.parquet", "SELECT (i % 1000)::VARCHAR AS text FROM range(5000) t(i)");
        using var data = Open("many.parquet");
        Write(data, OptionsOf());
        using var database = DuckDbDatabase.Open(new DuckDbOptions());
        using var connection = database.Connect();
        using var reader = connection.Query(
            "SELECT max(row_group_id) + 1, sum(row_group_num_rows)::BIGINT FROM parquet_metadata(?)", Path.Combine(ScoreFolder, "many.parquet"));
        Assert.That(reader.NextChunk(), Is.True);
        Assert.That((reader.Column(0).Int64(0), reader.Column(1).Int64(0)), Is.EqualTo((3L, 5000L)));
    }

    [TestCase(float.NaN)]
    [TestCase(float.NegativeInfinity)]
    [TestCase(0.5f)]
    public void Write_LogProbThatIsNone_NamesTheDocumentAndLeavesNothing(float value)
    {
        using var data = MakeData();
        Assert.That(
            () => Write(data, OptionsOf(), (sequences, stop) => [.. Score(sequences, stop).Select((row, i) => i == 2 ? [value, .. row[1..]] : row)]),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains($"part-0.parquet' row 2: the teacher's log-prob of token 0 is {value}"));
        Assert.That(Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName), Is.EqualTo(new[] { "data" }));
    }

    [Test]
    public void Write_DocumentThatCannotBeEncoded_NamesItOrSkipsIt()
    {
        WriteParquet("data/a.parquet", ["1", "x"]);
        using var data = Open("data");
        Assert.That(() => Write(data, OptionsOf()), Throws.TypeOf<InvalidDataException>().With.Message.Contains("a.parquet' row 1"));
        new ScoreWriter(data, Digits, SourceOf(data, OptionsOf()), Score, BadRows.Skip).Write(ScoreFolder);
        using var reader = OpenScores(data, OptionsOf()).OpenReader();
        var block = reader.Read(data.Blocks[0], CancellationToken.None);
        Assert.That((block.LogProbs(0).Length, block.LogProbs(1).Length), Is.EqualTo((2, 0)));
    }

    [Test]
    public void Write_AmongTheData_IsRefusedUnlessHidden()
    {
        using var data = MakeData();
        ScoreProgress WriteTo(string folder) => new ScoreWriter(data, Digits, SourceOf(data, OptionsOf()), Score).Write(folder);
        Assert.That(() => WriteTo(Path.Combine(DataFolder, "scores")), Throws.TypeOf<InvalidDataException>().With.Message.Contains("starts with '_'"));
        Assert.That(() => WriteTo(DataFolder), Throws.TypeOf<InvalidDataException>());
        WriteTo(Path.Combine(DataFolder, "_scores"));
        using var again = Open("data");
        Assert.That(again.Manifest.Fingerprint, Is.EqualTo(data.Manifest.Fingerprint));
    }

    [Test]
    public void Write_IntoATakenFolder_IsRefused()
    {
        using var data = MakeData();
        Directory.CreateDirectory(ScoreFolder);
        File.WriteAllText(Path.Combine(ScoreFolder, "notes.txt"), "mine");
        Assert.That(() => Write(data, OptionsOf()), Throws.TypeOf<InvalidDataException>().With.Message.Contains("is not empty"));
        Directory.Delete(ScoreFolder, recursive: true);
        Write(data, OptionsOf());
        Assert.That(() => Write(data, OptionsOf(LongDocuments.Cut)),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("long documents: was Split, is Cut"));
    }
}
