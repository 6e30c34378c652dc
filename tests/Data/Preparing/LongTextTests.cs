using System.Text;
using System.Text.Json;
using Lhts.Data.Preparing;

namespace Lhts.Data.Tests.Preparing;

/// <summary>Documents that are longer than a row.</summary>
public sealed class LongTextTests : DataFixture
{
    private const int RowBytes = 1000;

    [Test]
    public void Line_LongerThanARow_BecomesRowsThatAreTheLineTogether([Values] TextLayout layout)
    {
        var line = Words(200_000);
        File.WriteAllText(PathOf("a.txt"), line + "\n");
        var rows = Prepare("a.txt", layout);
        Assert.That(string.Concat(rows), Is.EqualTo(line));
        Assert.That(rows.Select(row => Encoding.UTF8.GetByteCount(row)),
            Is.All.InRange(RowBytes / 2, RowBytes).Or.EqualTo(Encoding.UTF8.GetByteCount(rows[^1])));
        Assert.That(rows.SkipLast(1).Select(row => row[^1]), Is.All.EqualTo(' '), "cut between words");
    }

    [Test]
    public void Lines_LongAndShort_KeepTheirEndsWithinADocument()
    {
        var document = $"a title\n\n\n{Words(3000)}\n  indented\n{Words(5000)}\nthe end";
        File.WriteAllText(PathOf("a.txt"), $"\n\n{document.ReplaceLineEndings("\r\n")}\r\n\r\n");
        Assert.That(string.Concat(Prepare("a.txt", TextLayout.File)), Is.EqualTo(document));
        Assert.That(string.Concat(Prepare("a.txt", TextLayout.BlankLine, "b")), Is.EqualTo(document.Replace("\n\n\n", "", StringComparison.Ordinal)));
    }

    [Test]
    public void Text_WithoutBlanks_IsCutBetweenCharacters([Values(2, 3, 997, 998, 999, 1000)] int rowBytes)
    {
        var text = string.Concat(Enumerable.Repeat("aé€😀", 700));
        File.WriteAllText(PathOf("a.txt"), text);
        Assert.That(string.Concat(Prepare("a.txt", TextLayout.Line, rowBytes: rowBytes)), Is.EqualTo(text));
    }

    [Test]
    public void JsonText_LongerThanARow_BecomesRows_AndAnswersStayWhole()
    {
        var text = Words(20_000);
        File.WriteAllText(PathOf("a.jsonl"), JsonSerializer.Serialize(new { text, prompt = "q" }) + "\n");
        var rows = Prepare("a.jsonl", TextLayout.Line);
        Assert.That((rows.Count > 10, string.Concat(rows)), Is.EqualTo((true, text)));
        DataPreparer.Prepare(new PrepareOptions { Source = PathOf("a.jsonl"), Output = PathOf("prompts"), PromptField = "prompt", MaxRowBytes = RowBytes });
        using var data = Open("prompts");
        Assert.That(TextsOf(data), Is.EqualTo((string[])[text]));
    }

    [Test]
    public void Line_OfSixtyMegabytes_TakesMemoryForARowGroup()
    {
        var block = Encoding.UTF8.GetBytes(Words(60_000));
        using (var file = File.Create(PathOf("a.txt")))
        {
            for (var i = 0; i < 1000; i++) file.Write(block);
        }

        var before = GC.GetTotalAllocatedBytes(precise: true);
        DataPreparer.Prepare(new PrepareOptions { Source = PathOf("a.txt"), Output = PathOf("out") });
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(8 << 20), "buffers are used again");
    }

    [TestCase("", "")]
    [TestCase("{\"a\": [1, {\"text\": \"not this\"}], \"b\": \"LONG\", ", "")]
    [TestCase("", ", \"b\": \"LONG\", \"c\": {\"text\": 1}")]
    public void JsonLine_LongerThanAPiece_IsReadAsAShortOneIs(string before, string behind)
    {
        var random = new Random(1);
        string[] words = ["a\\", "\"b\"", "naïve", "😀", "\n\t", " ", "\u0001", "end\\\"", "\\u00e9"];
        var text = string.Concat(Enumerable.Range(0, 600_000).Select(_ => words[random.Next(words.Length)]));
        string Long(string part) => part.Replace("LONG", new string('\\', 3_000_000), StringComparison.Ordinal);
        // The serializer escapes everything that is not ASCII, in surrogate pairs too.
        var line = $"{(before == "" ? "{" : Long(before))}\"text\": {JsonSerializer.Serialize(text)}{Long(behind)}}}";
        File.WriteAllText(PathOf("a.jsonl"), $"{{\"text\": \"first\"}}\n{line}\n{{\"text\": \"last\"}}\n");
        var rows = Prepare("a.jsonl", TextLayout.Line);
        Assert.That((rows[0], rows[^1]), Is.EqualTo(("first", "last")));
        Assert.That(string.Concat(rows[1..^1]), Is.EqualTo(text));
        Assert.That(rows.Select(row => Encoding.UTF8.GetByteCount(row)), Is.All.InRange(1, RowBytes));
    }

    [TestCase("{\"text\": \"LONG", "a string of it has no end")]
    [TestCase("{\"text\": \"LONG\"", "is not JSON: mend")]
    [TestCase("{\"text\": \"LONG\"} {}", "is not JSON: mend")]
    [TestCase("[\"LONG\"]", "is not a JSON object")]
    [TestCase("{\"other\": \"LONG\"}", "has no member \"text\"")]
    [TestCase("{\"text\": \"LONG\", \"text\": \"\"}", "has \"text\" twice")]
    [TestCase("{\"text\": \"LONG\\x\"}", "an escape that JSON does not have")]
    [TestCase("{\"text\": \"LONG\t\"}", "a control character")]
    [TestCase("{\"text\": \"LONG\\ud800\"}", "half of a surrogate pair")]
    public void JsonLine_LongAndBad_NamesFileAndLine(string line, string expected)
    {
        File.WriteAllText(PathOf("a.jsonl"), "{\"text\": \"fine\"}\n" + line.Replace("LONG", new string('x', 2_500_000), StringComparison.Ordinal));
        Assert.That(() => Prepare("a.jsonl", TextLayout.Line),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"'{PathOf("a.jsonl")}' line 2: ").And.Message.Contains(expected));
        Assert.That(Directory.Exists(PathOf("out")), Is.False);
    }

    [Test]
    public void JsonLine_OfSixtyMegabytes_TakesMemoryForARowGroup()
    {
        var block = Encoding.UTF8.GetBytes(Words(60_000));
        using (var file = File.Create(PathOf("a.jsonl")))
        {
            file.Write("{\"text\": \""u8);
            for (var i = 0; i < 1000; i++) file.Write(block);
            file.Write("\"}"u8);
        }

        var before = GC.GetTotalAllocatedBytes(precise: true);
        DataPreparer.Prepare(new PrepareOptions { Source = PathOf("a.jsonl"), Output = PathOf("out") });
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(16 << 20), "buffers are used again");
    }

    private List<string> Prepare(string source, TextLayout layout, string output = "out", int rowBytes = RowBytes)
    {
        DataPreparer.Prepare(new PrepareOptions { Source = PathOf(source), Output = PathOf(output), Layout = layout, MaxRowBytes = rowBytes });
        using var data = Open(output);
        return TextsOf(data);
    }

    private static string Words(int length)
    {
        var text = new StringBuilder();
        for (var i = 0; text.Length < length; i++) text.Append("naïve "[..(2 + (i % 4))].TrimEnd()).Append(i % 1000).Append(' ');
        return text.ToString(0, length - 1) + "x";
    }
}
