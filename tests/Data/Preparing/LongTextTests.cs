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
