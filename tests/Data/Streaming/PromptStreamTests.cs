using System.Text.Json;
using Lhts.Data.Batching;
using Lhts.Data.Parquet;
using Lhts.Data.Streaming;

namespace Lhts.Data.Tests.Streaming;

public sealed class PromptStreamTests : StreamFixture
{
    [Test]
    public async Task Prompt_BeforeAnAnswer_IsReadAndNotScored()
    {
        WritePrompts("a.parquet", ("12", "3"), ("4", "567"));
        using var data = OpenPrompts();
        var steps = await ReadAsync(data, InFileOrder, Options(2));
        Assert.That(steps.Select(step => Show(step)), Is.EqualTo(new[] { "0:0/0=$123$ 1:1/0=$4567$" }));
        Assert.That(PromptLengthsOf(steps), Is.EqualTo(new[] { (0L, 3), (1L, 2) }));
    }

    [Test]
    public async Task EndOfText_LeftOut_GivesTheAnswersTokensAlone()
    {
        WritePrompts("a.parquet", ("12", "34"));
        using var data = OpenPrompts();
        var steps = await ReadAsync(data, InFileOrder, Options(1) with { EndWithEndOfText = false });
        Assert.That(Show(steps[0]), Is.EqualTo("0:0/0=$1234"));
        Assert.That(PromptLengthsOf(steps), Is.EqualTo(new[] { (0L, 3) }));
    }

    [Test]
    public async Task LongAnswer_OfAPrompt_IsCutAndCounted()
    {
        WritePrompts("a.parquet", ("12", "3456789"));
        using var data = OpenPrompts();
        var stream = new BatchStream(data, Digits, InFileOrder, Options(1));
        var steps = new List<StepBatch>();
        await foreach (var step in stream.ReadAsync()) steps.Add(step);
        Assert.That(Show(steps[0]), Is.EqualTo("0:0/0=$1234567"));
        Assert.That(stream.Counters.CutDocuments, Is.EqualTo(1));
    }

    [TestCase("1234567", "8", "the prompt takes 8 of the context's 8 tokens, which leaves none to continue it.")]
    [TestCase("", "8", "the prompt is empty.")]
    [TestCase(null, "8", "the prompt is empty.")]
    public async Task BadPrompt_InARow_IsNamedOrSkipped(string? prompt, string answer, string expected)
    {
        WritePrompts("a.parquet", ("1", "2"), (prompt, answer));
        using var data = OpenPrompts();
        Assert.That(
            async () => await ReadAsync(data, InFileOrder, Options(1)),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"'{PathOf("a.parquet")}' row 1: {expected}"));
        var kept = await ReadAsync(data, InFileOrder, Options(1) with { BadRows = BadRows.Skip });
        Assert.That(kept.Select(step => Show(step)), Is.EqualTo(new[] { "0:0/0=$12$" }));
    }

    [Test]
    public void AnswerOfNoTokens_WithoutEndOfText_IsNamed()
    {
        WritePrompts("a.parquet", ("a", " "));
        using var data = OpenPrompts();
        var words = new Lhts.Data.Tokenizers.WordTokenizer(["a"]);
        Assert.That(
            async () => await ReadAsync(data, InFileOrder, Options(1) with { EndWithEndOfText = false }, tokenizer: words),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("row 0: nothing follows the prompt."));
    }

    [Test]
    public void MissingPromptColumn_IsNamedWithThoseThere()
    {
        WriteParquet("a.parquet", ["1"]);
        Assert.That(
            () => DataSet.Open(new DataOptions { Path = PathOf("a.parquet"), PromptColumn = "question" }),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                $"'{PathOf("a.parquet")}' has no column 'question'. Its columns are text: set the prompt column to one of them."));
        Assert.That(
            () => DataSet.Open(new DataOptions { Path = PathOf("a.parquet"), PromptColumn = "text" }),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("are both 'text'"));
    }

    [Test]
    public void Split_WithPrompts_IsRefused()
    {
        WritePrompts("a.parquet", ("1", "2"));
        using var data = OpenPrompts();
        Assert.That(
            () => new BatchStream(data, Digits, InFileOrder, Options(1) with { LongDocuments = LongDocuments.Split }),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("are never split"));
    }

    [Test]
    public async Task Resume_OnOtherRanks_GoesOnWithTheSamePrompts([Values(1, 2, 3)] int worldSize)
    {
        WritePrompts("a.parquet", [.. Enumerable.Range(0, 50).Select(i => ((string?)$"{i}", (string?)$"{99 - i}"))]);
        using var data = OpenPrompts();
        var whole = await ReadAsync(data, Shuffled, Options(4, numEpochs: 2));
        var state = JsonSerializer.Deserialize<DataState>(JsonSerializer.Serialize(whole[6].NextState));
        var rest = new List<List<StepBatch>>();
        for (var rank = 0; rank < worldSize; rank++)
        {
            rest.Add(await ReadAsync(data, Shuffled, Options(4, numEpochs: 2) with { Rank = rank, WorldSize = worldSize }, state));
        }

        for (var step = 7; step < whole.Count; step++)
        {
            StepBatch[] ranks = [.. rest.Select(steps => steps[step - 7])];
            Assert.That(Show(ranks), Is.EqualTo(Show(whole[step])));
            Assert.That(PromptLengthsOf(ranks), Is.EqualTo(PromptLengthsOf([whole[step]])));
        }
    }

    [Test]
    public async Task PromptColumn_TakesPartInTheFingerprints()
    {
        WritePrompts("a.parquet", ("1", "2"));
        using var with = OpenPrompts();
        using var without = Open(textColumn: "answer");
        Assert.That(with.Manifest.Fingerprint, Is.Not.EqualTo(without.Manifest.Fingerprint));
        Assert.That(ManifestFile.Changes(without.Manifest, with.Manifest)[0], Is.EqualTo("the prompt column was none and is 'question'"));
        var state = (await ReadAsync(with, InFileOrder, Options(1)))[0].NextState;
        Assert.That(
            () => new BatchStream(with, Digits, InFileOrder, Options(1) with { EndWithEndOfText = false }, state),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("end with end-of-text: was True, is False"));
        ManifestFile.Save(with.Manifest, PathOf("manifest.json"));
        Assert.That(ManifestFile.Load(PathOf("manifest.json")).Fingerprint, Is.EqualTo(with.Manifest.Fingerprint));
    }

    [Test]
    public void Prompts_AsText_ComeInFileOrder()
    {
        WritePrompts("a.parquet", ("1", "2"), ("3", null), ("ä", "5"));
        using var data = OpenPrompts();
        Assert.That(data.ReadPrompts(), Is.EqualTo(new[] { new PromptDocument("1", "2"), new PromptDocument("ä", "5") }));
        Assert.That(TextsOf(data), Is.EqualTo(new[] { "1", "2", "ä", "5" }), "an alphabet has the prompts' characters too");
    }

    private static List<(long Document, int PromptLength)> PromptLengthsOf(IEnumerable<StepBatch> steps) =>
        [.. steps.SelectMany(step => step.MicroBatches).SelectMany(batch => batch.DocumentIds.Zip(batch.PromptLengths)).OrderBy(item => item.First)];
}
