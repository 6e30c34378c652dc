using Lhts.Data.Inspecting;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Tests.Inspecting;

public sealed class DataInspectorTests : DataFixture
{
    [Test]
    public void Inspect_DataSet_CountsEverything()
    {
        WriteParquet("a.parquet", ["one", null, "", "été"], ["four"]);
        WriteParquet("b.parquet", ["fifteen letters"]);
        using var data = Open();
        var reports = new List<long>();
        var report =
            DataInspector.Inspect(data, new CharacterTokenizer("abcdefghijklmnopqrstuvwxyzé "), new InspectOptions { NumSamples = 2 }, new Reports(reports));
        Assert.That((report.NumShards, report.RowGroupRows.Count, report.RowGroupRows.Sum), Is.EqualTo((2, 3L, 6L)));
        Assert.That((report.NullDocuments, report.EmptyDocuments), Is.EqualTo((1L, 1L)));
        Assert.That((report.Bytes.Count, report.Bytes.Sum), Is.EqualTo((4L, 3L + 5 + 4 + 15)));
        Assert.That(report.Tokens!.Sum, Is.EqualTo(3 + 3 + 4 + 15));
        Assert.That(report.FileBytes, Is.EqualTo(new FileInfo(PathOf("a.parquet")).Length + new FileInfo(PathOf("b.parquet")).Length));
        Assert.That(report.Samples, Has.Count.EqualTo(2));
        Assert.That(reports, Is.EqualTo(new[] { 4, 5, 6 }));
    }

    [Test]
    public void Write_Report_ShowsCountsHistogramAndSamples()
    {
        WriteParquet("a.parquet", [.. Enumerable.Repeat("twelve bytes", 20), "x"]);
        using var data = Open();
        var output = new StringWriter { NewLine = "\n" };
        DataInspector.Inspect(data, options: new InspectOptions { NumSamples = 1, SampleCharacters = 6 }).Write(output);
        Assert.That(output.ToString(), Is.EqualTo($"""
            files       1, {new FileInfo(PathOf("a.parquet")).Length:N0} bytes
            row groups  1, of 21 to 21 rows
            documents   21, of them 0 null and 0 empty
            bytes       241; a document has 11.5 (median 12, 90% up to 12, 99% up to 12, 1 to 12)

            bytes of a document
                       1 - 1            ##                                       1
                       2 - 3                                                     0
                       4 - 7                                                     0
                       8 - 15           ######################################## 20

            {data.Describe(SampleRow(output.ToString()))}, 12 bytes:
            twelve…

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void Samples_ControlCharacters_AreEscaped()
    {
        WriteParquet("a.parquet", ["red \u001B[31m\nend"]);
        using var data = Open();
        var sample = DataInspector.Inspect(data).Samples.Single();
        Assert.That(sample.Beginning, Is.EqualTo("red \\u001B[31m\nend"));
        Assert.That(sample.Place, Is.EqualTo($"'{PathOf("a.parquet")}' row 0"));
    }

    [Test]
    public void Inspect_UnknownCharacter_NamesTheRow()
    {
        WriteParquet("a.parquet", ["a", "b!"]);
        using var data = Open();
        Assert.That(() => DataInspector.Inspect(data, new CharacterTokenizer("ab")),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"'{PathOf("a.parquet")}' row 1: character U+0021"));
    }

    private static long SampleRow(string report) =>
        long.Parse(report.Split(" row ")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture);

    private sealed class Reports(List<long> list) : IProgress<long>
    {
        public void Report(long value) => list.Add(value);
    }
}
