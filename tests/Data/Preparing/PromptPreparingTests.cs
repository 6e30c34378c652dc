using Lhts.Data.Parquet;
using Lhts.Data.Preparing;

namespace Lhts.Data.Tests.Preparing;

public sealed class PromptPreparingTests : DataFixture
{
    [Test]
    public void JsonLines_WithAPromptField_ComeBackFromParquet()
    {
        PromptDocument[] expected = [.. Enumerable.Range(0, 3000).Select(i => new PromptDocument($"what is {i}? ö", $"it is {new string('x', i % 40)}{i}"))];
        File.WriteAllLines(
            PathOf("in.jsonl"), expected.Select(row => System.Text.Json.JsonSerializer.Serialize(new { other = 1, q = row.Prompt, text = row.Text })));
        DataPreparer.Prepare(new PrepareOptions { Source = PathOf("in.jsonl"), Output = PathOf("out"), PromptField = "q", RowGroupRows = 500 });
        using var data = DataSet.Open(new DataOptions { Path = PathOf("out"), PromptColumn = "prompt" });
        Assert.That(data.ReadPrompts(), Is.EqualTo(expected));
        Assert.That(data.Blocks, Has.Count.EqualTo(6));
    }

    [Test]
    public void PromptField_ThatIsMissing_IsNamedWithItsLine()
    {
        File.WriteAllLines(PathOf("in.jsonl"), ["""{"q": "1", "text": "2"}""", """{"text": "2"}"""]);
        Assert.That(
            () => DataPreparer.Prepare(new PrepareOptions { Source = PathOf("in.jsonl"), Output = PathOf("out"), PromptField = "q" }),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                $"'{PathOf("in.jsonl")}' line 2: has no member \"q\". Set the prompt field to the member that holds the prompt."));
    }

    [Test]
    public void PlainText_WithAPromptField_IsRefused()
    {
        File.WriteAllText(PathOf("in.txt"), "text");
        Assert.That(
            () => DataPreparer.Prepare(new PrepareOptions { Source = PathOf("in.txt"), Output = PathOf("out"), PromptField = "q" }),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("is plain text and has no prompts"));
    }
}
