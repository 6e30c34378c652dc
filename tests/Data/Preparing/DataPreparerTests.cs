using System.IO.Compression;
using System.Text;
using Lhts.Data.Preparing;

namespace Lhts.Data.Tests.Preparing;

public sealed class DataPreparerTests : DataFixture
{
    [TestCase(TextLayout.BlankLine, "one\ntwo|three|  four")]
    [TestCase(TextLayout.Line, "one|two|three|  four")]
    [TestCase(TextLayout.File, "one\ntwo\n\n\nthree\n \t\n  four")]
    public void Text_OfLayout_HasDocuments(TextLayout layout, string expected)
    {
        File.WriteAllText(PathOf("a.txt"), "\uFEFF\n\none\r\ntwo\n\n\nthree\n \t\n  four\n\n");
        Assert.That(string.Join('|', Prepare("a.txt", options => options with { Layout = layout }).Where(text => text.Trim() != "")), Is.EqualTo(expected));
    }

    [Test]
    public void JsonLines_Field_IsTheDocument()
    {
        File.WriteAllText(PathOf("a.jsonl"),
            "{\"id\": {\"body\": \"no\"}, \"body\": \"one \\u00e9\\n\"}\n\n{\"body\": null}\n{\"body\": \"\"}\r\n{\"body\": \"two\", \"x\": [1]}");
        Assert.That(Prepare("a.jsonl", options => options with { TextField = "body" }), Is.EqualTo(new[] { "one é\n", "two" }));
    }

    [Test]
    public void Folder_OfSeveralKinds_InOrderOfNames()
    {
        Directory.CreateDirectory(PathOf("in/deep"));
        File.WriteAllText(PathOf("in/b.txt"), "from text");
        File.WriteAllText(PathOf("in/deep/c.ndjson"), "{\"text\": \"from ndjson\"}\n");
        File.WriteAllText(PathOf("in/readme.md"), "not data");
        File.WriteAllText(PathOf("in/.hidden.txt"), "not data");
        using (var gzip = new GZipStream(File.Create(PathOf("in/a.jsonl.gz")), CompressionLevel.Fastest)) gzip.Write("{\"text\": \"from gzip\"}"u8);
        Assert.That(Prepare("in"), Is.EqualTo(new[] { "from gzip", "from text", "from ndjson" }));
    }

    [Test]
    public void Folder_WithOtherFiles_CountsThemAndTakesThoseIncluded()
    {
        Directory.CreateDirectory(PathOf("in"));
        foreach (var name in new[] { "a.txt", "b.md", "c.MD", "d.html", "noending" }) File.WriteAllText(PathOf($"in/{name}"), $"text of {name}");
        var result = DataPreparer.Prepare(Options("in"));
        Assert.That((result.Files, result.Documents), Is.EqualTo((1, 1L)));
        Assert.That(result.Ignored.Select(kind => $"{kind.Value} {kind.Key}"), Is.EqualTo(new[] { "2 .md", "1 ", "1 .html" }));
        var included = DataPreparer.Prepare(Options("in") with { Include = ["*.md", "noending"], Output = PathOf("included") });
        Assert.That((included.Files, included.Documents), Is.EqualTo((4, 4L)));
        Assert.That(included.Ignored.Select(kind => kind.Key), Is.EqualTo(new[] { ".html" }));
    }

    [Test]
    public void Leftovers_OfAKilledProcess_AreRemovedAndThoseOfALivingOneStay()
    {
        File.WriteAllText(PathOf("a.txt"), "x");
        var (dead, alive) = (PathOf($".out.{Guid.NewGuid():N}.tmp"), PathOf($".out.{Guid.NewGuid():N}.tmp"));
        foreach (var folder in new[] { dead, alive, PathOf(".out.mine.tmp") }) Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(dead, "part-00000.parquet"), "half");
        using (new FileStream(alive + ".lock", FileMode.Create, FileAccess.ReadWrite, FileShare.None)) DataPreparer.Prepare(Options("a.txt"));
        Assert.That(Directory.Exists(dead), Is.False);
        Assert.That(Directory.Exists(alive), Is.True);
        Assert.That(Directory.Exists(PathOf(".out.mine.tmp")), Is.True, "not a name that is given here");
        Assert.That(Directory.EnumerateFiles(Folder, "*.lock").Select(Path.GetFileName), Is.EqualTo(new[] { Path.GetFileName(alive) + ".lock" }));
    }

    [Test]
    public void RowGroupsAndShards_OfBoundedSize()
    {
        File.WriteAllLines(PathOf("a.txt"), Enumerable.Range(0, 1000).Select(i => $"document {i:0000}")); // 13 bytes each
        var texts = Prepare("a.txt", options => options with { Layout = TextLayout.Line, RowGroupRows = 64, RowGroupBytes = 13 * 40, ShardBytes = 13 * 300 });
        Assert.That(texts, Has.Count.EqualTo(1000));
        Assert.That(texts[999], Is.EqualTo("document 0999"));
        using var data = Open("out");
        Assert.That(data.Manifest.Shards.Select(shard => shard.Name),
            Is.EqualTo(new[] { "part-00000.parquet", "part-00001.parquet", "part-00002.parquet", "part-00003.parquet" }));
        Assert.That(data.Manifest.Shards.Select(shard => shard.NumRows), Is.EqualTo(new[] { 300, 300, 300, 100 }));
        Assert.That(data.Manifest.Shards[0].RowGroups.Select(group => group.NumRows), Is.EqualTo(new[] { 40, 40, 40, 40, 40, 40, 40, 20 }));
        Prepare("a.txt", options => options with { Layout = TextLayout.Line, RowGroupRows = 64, Output = PathOf("rows") }, "rows");
        using var rows = Open("rows");
        Assert.That(rows.Manifest.Shards[0].RowGroups.Select(group => group.NumRows).Distinct(), Is.EqualTo(new[] { 64, 40 }));
    }

    [Test]
    public void Progress_OfPreparing_CountsUp()
    {
        File.WriteAllText(PathOf("a.jsonl"), "{\"text\": \"é\"}\n{\"text\": \"\"}\n{\"text\": \"abc\"}\n");
        var size = new FileInfo(PathOf("a.jsonl")).Length;
        var reports = new List<PrepareProgress>();
        var result = DataPreparer.Prepare(Options("a.jsonl") with { RowGroupRows = 1 }, new Reports(reports));
        Assert.That(result, Is.EqualTo(new PrepareProgress(2, 5, 1, 1, size, size)));
        Assert.That(reports.Select(report => (report.Documents, report.Shards)), Is.EqualTo(new[] { (1L, 1), (2L, 1) }));
    }

    [TestCase(10, false)]
    [TestCase(9, true)]
    public void Answer_OfTheBound_IsTheLongest(int length, bool isTaken)
    {
        var line = "{\"p\":\"q\",\"text\":\"" + new string('x', length) + "\"}";
        File.WriteAllText(PathOf("a.jsonl"), line);
        var options = Options("a.jsonl") with { MaxDocumentBytes = 28, PromptField = "p" };
        if (isTaken) Assert.That(DataPreparer.Prepare(options).TextBytes, Is.EqualTo(length));
        else Assert.That(() => DataPreparer.Prepare(options), Throws.TypeOf<InvalidDataException>().With.Message.Contains("line 1 is longer than 28 bytes"));
    }

    [TestCase("{\"text\": 1}", "line 2: the text is a Number, not a string.")]
    [TestCase("{\"other\": \"x\"}", "line 2: has no member \"text\".")]
    [TestCase("{\"text\": \"x\"", "line 2: is not JSON at byte 12")]
    [TestCase("{\"text\": \"x\"} {", "line 2: is not JSON at byte 14")]
    [TestCase("[1]", "line 2: is not a JSON object.")]
    [TestCase("{\"text\": \"\\uD800\"}", "line 2: the text has half of a surrogate pair")]
    public void JsonLines_BadLine_NamesFileAndLine(string line, string expected)
    {
        File.WriteAllText(PathOf("a.jsonl"), "{\"text\": \"fine\"}\n" + line + "\n");
        AssertFails<InvalidDataException>("a.jsonl", $"'{PathOf("a.jsonl")}' {expected}");
    }

    [Test]
    public void Text_NotUtf8_NamesFileAndLine()
    {
        File.WriteAllBytes(PathOf("a.txt"), [.. "good\n"u8, 0xE9, (byte)'\n']);
        AssertFails<InvalidDataException>("a.txt", $"'{PathOf("a.txt")}' line 2 is not UTF-8.");
    }

    [Test]
    public void Answer_TooLong_NamesFileAndLine()
    {
        File.WriteAllText(PathOf("a.jsonl"), "{\"text\": \"short\", \"p\": \"q\"}\n" + new string('x', 100_000) + "\n");
        AssertFails<InvalidDataException>("a.jsonl", $"'{PathOf("a.jsonl")}' line 2", options => options with { MaxDocumentBytes = 60_000, PromptField = "p" });
    }

    [Test]
    public void Source_MissingOrEmpty_SaysSo()
    {
        AssertFails<FileNotFoundException>("nothing", "There is no file or folder");
        Directory.CreateDirectory(PathOf("bare"));
        AssertFails<FileNotFoundException>("bare", "has no file that ends with .txt, .jsonl, .ndjson");
        File.WriteAllText(PathOf("bare/x.md"), "x");
        AssertFails<FileNotFoundException>("bare", "It has 1 others; --include '*.md' takes those of a name.");
        File.WriteAllText(PathOf("a.txt"), "\n \n");
        AssertFails<InvalidDataException>("a.txt", "has no documents with text");
    }

    [Test]
    public void Output_NotEmpty_IsLeftAlone()
    {
        File.WriteAllText(PathOf("a.txt"), "x");
        Directory.CreateDirectory(PathOf("out"));
        File.WriteAllText(PathOf("out/mine"), "mine");
        Assert.That(() => DataPreparer.Prepare(Options("a.txt")), Throws.TypeOf<IOException>().With.Message.Contains("is not empty"));
        Assert.That(File.ReadAllText(PathOf("out/mine")), Is.EqualTo("mine"));
        Assert.That(
            () => DataPreparer.Prepare(Options("a.txt") with { Output = PathOf("a.txt/out") }),
            Throws.TypeOf<IOException>().With.Message.StartsWith($"The output folder '{PathOf("a.txt/out")}' cannot be made: "));
        Assert.That(() => DataPreparer.Prepare(Options("a.txt") with { Output = PathOf("a.txt") }),
            Throws.TypeOf<IOException>().With.Message.Contains("is a file"));
    }

    [Test]
    public void Cancellation_LeavesNothing()
    {
        File.WriteAllLines(PathOf("a.txt"), Enumerable.Range(0, 10_000).Select(i => $"document {i}"));
        using var cancellation = new CancellationTokenSource();
        var options = Options("a.txt") with { Layout = TextLayout.Line, RowGroupRows = 100 };
        Assert.That(() => DataPreparer.Prepare(options, new Cancelling(cancellation), cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName), Is.EqualTo(new[] { "a.txt" }));
    }

    [Test]
    public void Lines_OfEveryLengthAroundTheBuffer_ComeBack([Values(65535, 65536, 65537, 131072, 200_000)] int length)
    {
        var line = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + i % 26)));
        File.WriteAllText(PathOf("a.txt"), $"first\n{line}\nlast");
        Assert.That(Prepare("a.txt", options => options with { Layout = TextLayout.Line, MaxRowBytes = 1 << 20 }), Is.EqualTo(new[] { "first", line, "last" }));
    }

    private PrepareOptions Options(string source) => new() { Source = PathOf(source), Output = PathOf("out") };

    private List<string> Prepare(string source, Func<PrepareOptions, PrepareOptions>? change = null, string output = "out")
    {
        var options = Options(source);
        DataPreparer.Prepare(change?.Invoke(options) ?? options);
        Assert.That(Directory.GetFileSystemEntries(Folder, ".*.tmp"), Is.Empty);
        using var data = Open(output);
        return TextsOf(data);
    }

    private void AssertFails<T>(string source, string message, Func<PrepareOptions, PrepareOptions>? change = null)
        where T : Exception
    {
        var before = Directory.GetFileSystemEntries(Folder);
        var options = Options(source);
        Assert.That(() => DataPreparer.Prepare(change?.Invoke(options) ?? options), Throws.TypeOf<T>().With.Message.Contains(message));
        Assert.That(Directory.GetFileSystemEntries(Folder), Is.EquivalentTo(before));
    }

    private sealed class Reports(List<PrepareProgress> list) : IProgress<PrepareProgress>
    {
        public void Report(PrepareProgress value) => list.Add(value);
    }

    private sealed class Cancelling(CancellationTokenSource cancellation) : IProgress<PrepareProgress>
    {
        public void Report(PrepareProgress value) => cancellation.Cancel();
    }
}
