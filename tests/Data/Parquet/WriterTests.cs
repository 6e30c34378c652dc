using Lhts.Data.Parquet;

namespace Lhts.Data.Tests.Parquet;

/// <summary>Whatever codec, encoding and page version a writer chose, the documents are the same.</summary>
public sealed class WriterTests : DataFixture
{
    private const int NumRows = 3000;

    // Repeated texts are written by dictionary, distinct ones plainly or as deltas, depending on the version.
    private const string Repeated = "SELECT CASE WHEN i % 97 = 0 THEN NULL ELSE 'text ' || (i % 50) END AS text FROM range(3000) t(i)";
    private const string Distinct = "SELECT CASE WHEN i % 97 = 0 THEN NULL ELSE 'é😀 ' || i || repeat('x', i % 30) END AS text FROM range(3000) t(i)";

    [Test]
    public void Read_EveryCodecAndVersion_GivesTheTexts(
        [Values("uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4", "lz4_raw")] string codec, [Values("v1", "v2")] string version)
    {
        var options = $"FORMAT parquet, COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048";
        foreach (var query in new[] { Repeated, Distinct })
        {
            WriteQuery("file.parquet", query, options);
            using var data = Open("file.parquet");
            var expected = Enumerable.Range(0, NumRows).Where(i => i % 97 != 0)
                .Select(i => query == Repeated ? $"text {i % 50}" : $"é😀 {i}{new string('x', i % 30)}");
            Assert.That(data.Manifest.Shards[0].RowGroups, Has.Length.EqualTo(2));
            Assert.That(TextsOf(data), Is.EqualTo(expected));
        }
    }

    [Test]
    public void Read_OtherColumnsOfAnyType_AreLeftAlone()
    {
        WriteQuery("file.parquet",
            "SELECT i AS id, [i, i + 1] AS list, {'text': 'inner'} AS nested, MAP {'text': i} AS map, DATE '2020-01-01' AS day, 'doc ' || i AS text FROM "
            + "range(10) t(i)");
        using var data = Open("file.parquet");
        Assert.That(TextsOf(data), Is.EqualTo(Enumerable.Range(0, 10).Select(i => $"doc {i}")));
    }

    [Test]
    public void Read_PartsOfALargeRowGroup_AreTheRows()
    {
        WriteQuery("file.parquet", "SELECT 'document ' || i AS text FROM range(200000) t(i)", "FORMAT parquet, ROW_GROUP_SIZE 200000");
        using var data = Open("file.parquet");
        Assert.That(data.Manifest.Shards[0].RowGroups, Has.Length.EqualTo(1));
        Assert.That(data.Blocks.Select(block => block.NumRows), Is.All.LessThanOrEqualTo(DataBlock.MaxRows).And.All.GreaterThan(40_000));
        Assert.That(TextsOf(data), Is.EqualTo(Enumerable.Range(0, 200_000).Select(i => $"document {i}")));
    }
}
