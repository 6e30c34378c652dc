using Lhts.Data.Batching;
using Lhts.Data.Parquet;
using Lhts.Data.Scores;

namespace Lhts.Data.Tests.Scores;

/// <summary>Scores of something else, missing or damaged ones are refused with what is wrong and what to do.</summary>
public sealed class ScoreSetTests : ScoreFixture
{
    [Test]
    public void Open_ScoresOfSomethingElse_NamesWhatDiffers()
    {
        using var data = MakeData();
        Write(data, OptionsOf());
        var source = SourceOf(data, OptionsOf());
        void Expect(ScoreSource other, string difference) => Assert.That(
            () => ScoreSet.Open(ScoreFolder, data, other),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains($"something else: {difference}").And.Message.Contains("'lhts data score'"));
        Assert.Multiple(() =>
        {
            Expect(source with { Teacher = "other" }, "teacher fingerprint: was teacher, is other. ");
            Expect(source with { Tokenizer = "other" }, $"tokenizer fingerprint: was {Digits.Fingerprint}, is other. ");
            Expect(source with { Data = "other" }, $"data fingerprint: was {data.Manifest.Fingerprint}, is other. ");
            Expect(source with { ContextLength = 9 }, "context length: was 8, is 9. ");
            Expect(source with { LongDocuments = LongDocuments.Cut }, "long documents: was Split, is Cut. ");
            Expect(source with { LookAhead = 3 }, "look-ahead: was 2, is 3. ");
            Expect(source with { StartWithEndOfText = false }, "start with end-of-text: was True, is False. ");
            Expect(source with { Teacher = "other", ContextLength = 9 }, "teacher fingerprint: was teacher, is other; context length: was 8, is 9. ");
        });
    }

    [Test]
    public void Open_MissingFolderOrFile_NamesIt()
    {
        using var data = MakeData();
        Assert.That(() => OpenScores(data, OptionsOf()),
            Throws.TypeOf<FileNotFoundException>().With.Message.Contains(ScoreFolder).And.Message.Contains("'lhts data score'"));
        Write(data, OptionsOf());
        var path = FileOf(data, 1);
        File.Delete(path);
        Assert.That(() => OpenScores(data, OptionsOf()), Throws.TypeOf<FileNotFoundException>().With.Message.Contains(path));
    }

    [Test]
    public void Open_TruncatedOrReplacedFile_NamesIt()
    {
        using var data = MakeData();
        Write(data, OptionsOf());
        var (first, second) = (FileOf(data, 0), FileOf(data, 1));
        File.Copy(second, first, overwrite: true);
        Assert.That(() => OpenScores(data, OptionsOf()),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(first).And.Message.Contains("not the file that was written"));
        using (var file = File.OpenWrite(first)) file.SetLength(100);
        Assert.That(() => OpenScores(data, OptionsOf()), Throws.TypeOf<InvalidDataException>().With.Message.Contains(first).And.Message.Contains("cut off"));
    }

    [Test]
    public void Open_DamagedManifest_NamesIt()
    {
        using var data = MakeData();
        Write(data, OptionsOf());
        string[] damaged =
        [
            "", "{", "{}", "null", """{"Source": null, "Shards": []}""",
            """{"Source": {"Teacher": "", "Tokenizer": "", "Data": "", "ContextLength": 8, "LongDocuments": "Cut", "StartWithEndOfText": true}, "Shards": """
            + "[null]}",
        ];
        Assert.Multiple(() =>
        {
            foreach (var text in damaged)
            {
                File.WriteAllText(Path.Combine(ScoreFolder, ScoreManifest.FileName), text);
                Assert.That(() => OpenScores(data, OptionsOf()),
                    Throws.TypeOf<InvalidDataException>().With.Message.Contains($"{ScoreManifest.FileName}' is no manifest of scores"), text);
            }
        });
    }

    [TestCase("SELECT [NULL, -1.0::FLOAT] AS log_probs FROM range(20)", "no log-probs: in row 0")]
    [TestCase("SELECT ['nan'::FLOAT] AS log_probs FROM range(20)", "no log-probs: in row 0")]
    [TestCase("SELECT [1.0::FLOAT] AS log_probs FROM range(20)", "no log-probs: in row 0")]
    [TestCase("SELECT [-1.0::FLOAT] AS log_probs FROM range(2)", "are 2 instead of 7")]
    [TestCase("SELECT 'text' AS log_probs FROM range(20)", "cannot be read")]
    [TestCase("SELECT 1 AS other FROM range(20)", "cannot be read")]
    public void Read_FileReplacedInUse_NamesItAndItsRows(string sql, string message)
    {
        using var data = MakeData();
        Write(data, OptionsOf());
        using var reader = OpenScores(data, OptionsOf()).OpenReader();
        File.Copy(WriteQuery("other.parquet", sql), FileOf(data, 0), overwrite: true);
        Assert.That(
            () => reader.Read(data.Blocks[0], CancellationToken.None),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains($"'{FileOf(data, 0)}' (rows 0 to 6)").And.Message.Contains(message));
    }

    [Test]
    public void Read_FilesWithAnyByteFlipped_NeverCrashes()
    {
        using var data = MakeData();
        Write(data, OptionsOf());
        var path = FileOf(data, 0);
        var whole = File.ReadAllBytes(path);
        var random = new Random(5);
        using var reader = OpenScores(data, OptionsOf()).OpenReader();
        for (var round = 0; round < 300; round++)
        {
            var bytes = whole.ToArray();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bytes);
            try
            {
                Assert.That(reader.Read(data.Blocks[0], CancellationToken.None).NumRows, Is.EqualTo(data.Blocks[0].NumRows));
            }
            catch (InvalidDataException error)
            {
                Assert.That(error.Message, Does.Contain(path));
            }
        }
    }

    private string FileOf(DataSet data, int shard) => Path.Combine(ScoreFolder, data.Manifest.Shards[shard].Name);
}
