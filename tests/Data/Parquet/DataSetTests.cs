using Lhts.Data.Parquet;

namespace Lhts.Data.Tests.Parquet;

public sealed class DataSetTests : DataFixture
{
    [Test]
    public void Open_FolderWithSubfolders_ReadsFilesInOrderOfNames()
    {
        WriteParquet("b.parquet", ["3", "4"], ["5"]);
        WriteParquet("a/x.parquet", ["1"], ["2"]);
        WriteParquet("_temporary/y.parquet", ["never"]);
        WriteParquet(".hidden.parquet", ["never"]);
        File.WriteAllText(PathOf("notes.txt"), "not data");
        using var data = Open();
        Assert.That(data.Manifest.Shards.Select(shard => shard.Name), Is.EqualTo(new[] { "a/x.parquet", "b.parquet" }));
        Assert.That(data.Manifest.Shards.Select(shard => shard.RowGroups.Length), Is.EqualTo(new[] { 2, 2 }));
        Assert.That(data.NumDocuments, Is.EqualTo(5));
        Assert.That(TextsOf(data), Is.EqualTo(new[] { "1", "2", "3", "4", "5" }));
    }

    [TestCase("*.parquet", "a1 a2 b1")]
    [TestCase("a?.parquet", "a1 a2")]
    [TestCase("[!a]*.parquet", "b1")]
    [TestCase("{a1,b1}.parquet", "a1 b1")]
    [TestCase("**/*.parquet", "a1 a2 b1 c1")]
    [TestCase("sub/*", "c1")]
    [TestCase("a1.parquet", "a1")]
    public void Open_Glob_FindsWhatMatches(string glob, string expected)
    {
        foreach (var name in new[] { "a1", "a2", "b1", "sub/c1" }) WriteParquet(name + ".parquet", [Path.GetFileName(name)]);
        using var data = Open(glob);
        Assert.That(string.Join(' ', TextsOf(data)), Is.EqualTo(expected));
    }

    [Test]
    public void Open_NamesWithWildcardsAndQuotes_AreTakenLiterally()
    {
        WriteParquet("it's [1]*?.parquet", ["odd"]);
        WriteParquet("it's 1xy.parquet", ["plain"]);
        using var data = Open();
        Assert.That(TextsOf(data), Is.EquivalentTo(new[] { "odd", "plain" }));
    }

    [Test]
    public void Open_MissingPath_NamesIt()
    {
        Assert.That(() => Open("nowhere"),
            Throws.TypeOf<FileNotFoundException>().With.Message.Contains(PathOf("nowhere")).And.Message.Contains("lhts data prepare"));
        Assert.That(() => Open("nowhere/*.parquet"), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("does not exist"));
        Assert.That(() => Open("*.parquet"), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("No Parquet file matches"));
        Assert.That(() => Open(), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("No Parquet file matches"));
    }

    [Test]
    public void Open_MissingColumn_NamesThoseThere()
    {
        WriteQuery("a.parquet", "SELECT 1 AS id, 'x' AS body, {'text': 'inner'} AS nested");
        Assert.That(() => Open(), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"'{PathOf("a.parquet")}' has no column 'text'. Its columns are id, body, nested: set the text column to one of them."));
    }

    [TestCase("id", "INT32")]
    [TestCase("nested", "nested")]
    public void Open_ColumnWithoutText_NamesTypeAndStrings(string column, string type)
    {
        WriteQuery("a.parquet", "SELECT 1 AS id, 'x' AS body, {'text': 'inner'} AS nested");
        Assert.That(() => Open(textColumn: column), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"The column '{column}' of '{PathOf("a.parquet")}' is of type {type}, not of strings. Columns of strings are body: set the text column to one of "
            + "them."));
    }

    [Test]
    public void Open_ColumnsThatDifferInCase_AreRefused()
    {
        var path = WriteQuery("a.parquet", "SELECT 'wrong' AS \"Text\", 'right' AS \"tex_\"");
        var bytes = File.ReadAllBytes(path);
        for (int at; (at = bytes.AsSpan().IndexOf("tex_"u8)) >= 0;) "text"u8.CopyTo(bytes.AsSpan(at));
        File.WriteAllBytes(path, bytes);
        Assert.That(() => Open(), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"'{path}' has the columns 'text' and 'Text', which differ only in case. Rename or drop one of them."));
    }

    [TestCase("a.b"), TestCase("a, b"), TestCase("über"), TestCase("it's")]
    public void Read_ColumnOfAnyName_IsRead(string column)
    {
        WriteQuery("a.parquet", $"SELECT 1 AS id, 'x' AS \"{column}\"");
        using var data = Open(textColumn: column);
        Assert.That(TextsOf(data), Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Open_ColumnOfDuckDbsOwnName_IsRefused()
    {
        WriteQuery("a.parquet", "SELECT 1 AS file_row_number, 'x' AS text");
        Assert.That(() => Open(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("has a column 'file_row_number'"));
    }

    [Test]
    public void Open_FilesWithoutRows_AreLeftOutUnlessAllAre()
    {
        WriteQuery("a.parquet", "SELECT 'x' AS text WHERE false");
        Assert.That(() => Open(), Throws.TypeOf<InvalidDataException>().With.Message.Contains($"The shard '{PathOf("a.parquet")}' has no rows."));
        WriteParquet("b.parquet", ["x"]);
        WriteQuery("c.parquet", "SELECT 'x' AS text WHERE false");
        using var data = Open();
        Assert.That(data.Manifest.Shards.Select(shard => shard.Name), Is.EqualTo(new[] { "b.parquet" }));
        Assert.That(TextsOf(data), Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Open_BytesWithoutAnnotation_AreText()
    {
        WriteQuery("a.parquet", "SELECT 'plain bytes'::BLOB AS text");
        using var data = Open();
        Assert.That(TextsOf(data), Is.EqualTo(new[] { "plain bytes" }));
    }

    [Test]
    public void Read_ColumnWithQuotes_Works()
    {
        WriteQuery("a.parquet", "SELECT 'x' AS \"the \"\"text\"\", all\"");
        using var data = Open(textColumn: "the \"text\", all");
        Assert.That(TextsOf(data), Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Blocks_OfSmallSize_CutRowGroupsAndKeepEveryRow()
    {
        WriteQuery("a.parquet", "SELECT i::VARCHAR AS text FROM range(5000) t(i)", "FORMAT parquet, ROW_GROUP_SIZE 2048, COMPRESSION uncompressed");
        using var data = Open(blockBytes: 2000);
        Assert.That(data.Blocks, Has.Count.GreaterThan(9));
        Assert.That(data.Blocks.Sum(block => (long)block.NumRows), Is.EqualTo(5000));
        Assert.That(TextsOf(data), Is.EqualTo(Enumerable.Range(0, 5000).Select(i => i.ToString())));
    }

    [Test]
    public void Fingerprint_OfMovedFolder_StaysAndOfOtherContents_Differs()
    {
        WriteParquet("one/a.parquet", ["x", "y"]);
        WriteParquet("two/a.parquet", ["x", "y"]);
        WriteParquet("three/a.parquet", ["x", "z!"]);
        WriteParquet("four/b.parquet", ["x", "y"]);
        string Fingerprint(string name)
        {
            using var data = Open(name);
            return data.Manifest.Fingerprint;
        }

        Assert.That(Fingerprint("two"), Is.EqualTo(Fingerprint("one")));
        Assert.That(Fingerprint("three"), Is.Not.EqualTo(Fingerprint("one")));
        Assert.That(Fingerprint("four"), Is.Not.EqualTo(Fingerprint("one")));
    }

    [Test]
    public void Read_FileReplacedAfterOpening_Throws()
    {
        WriteParquet("a.parquet", ["x", "y", "z"]);
        using var data = Open();
        WriteParquet("a.parquet", ["x"]);
        Assert.That(() => TextsOf(data), Throws.TypeOf<InvalidDataException>().With.Message.Contains("changed while it was in use"));
    }

    [Test]
    public void Describe_Document_NamesFileAndRow()
    {
        WriteParquet("a.parquet", ["0", "1"], ["2"]);
        WriteParquet("b.parquet", ["3", "4"]);
        using var data = Open();
        Assert.That(data.Describe(2), Is.EqualTo($"'{PathOf("a.parquet")}' row 2"));
        Assert.That(data.Describe(4), Is.EqualTo($"'{PathOf("b.parquet")}' row 1"));
        Assert.That(() => data.Describe(5), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
