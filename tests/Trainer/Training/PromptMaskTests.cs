using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Parquet;
using Lhts.Data.Preparing;
using Lhts.Data.Tokenizers;
using Lhts.Testing;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Sources;
using Lhts.Trainer.Training;
using static TorchSharp.torch;

namespace Lhts.Trainer.Tests.Training;

public sealed class PromptMaskTests : TensorTest
{
    private string folder = null!;

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("lhts-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [TestCase(true, new[] { "3 + 4 = | 7", "2 = | 2 2 2" }, new[] { "7 $", "2 2 2 $" })]
    [TestCase(false, new[] { "3 + 4 = | 7", "2 = | 2 2 2" }, new[] { "7", "2 2 2" })]
    [TestCase(true, new[] { "3 + 4 + 5 = | 12 and more" }, new[] { "12" })]
    public void Prompt_OfTheCorpus_IsNeverScored(bool endWithEndOfText, string[] rows, string[] expected)
    {
        File.WriteAllLines(Path.Combine(folder, "in.jsonl"), rows.Select(row => row.Split(" | ")).Select(
            parts => System.Text.Json.JsonSerializer.Serialize(new { prompt = parts[0], text = parts[1] })));
        DataPreparer.Prepare(
            new PrepareOptions { Source = Path.Combine(folder, "in.jsonl"), Output = Path.Combine(folder, "parquet"), PromptField = "prompt" });
        using var data = DataSet.Open(new DataOptions { Path = Path.Combine(folder, "parquet"), PromptColumn = "prompt" });
        var tokenizer = WordTokenizer.FromTexts(data.ReadTexts());
        var batches = new BatchOptions { SequencesPerStep = rows.Length, ContextLength = 8, EndWithEndOfText = endWithEndOfText };
        using var source = new CorpusSource(new SourceContext(data, tokenizer, batches, Seed: 1) { Order = new OrderOptions { Shuffle = false } });
        var scored = source.Next(0, CancellationToken.None).SelectMany(batch => Scored(batch, tokenizer)).OrderBy(item => item.Lane).Select(item => item.Text);
        Assert.That(scored, Is.EqualTo(expected));
    }

    private static List<(int Lane, string Text)> Scored(MicroBatch batch, WordTokenizer tokenizer)
    {
        using var scope = NewDisposeScope();
        var inputs = StepInputs.Of(batch, step: 0, new TemperatureDraws(Temperatures.Of(1), 1), new HashSet<int>(), CPU);
        var (targets, mask) = (inputs.Batch.Targets.data<long>().ToArray(), inputs.Batch.Mask.data<bool>().ToArray()); // (B, L)
        var length = batch.Length - 1;
        string Word(long token) => token == tokenizer.EndOfText ? "$" : tokenizer.Decode([(int)token]);
        return [.. Enumerable.Range(0, batch.NumSequences).Select(b => (batch.Lanes[b],
            string.Join(' ', Enumerable.Range(b * length, length).Where(i => mask[i]).Select(i => Word(targets[i])))))];
    }
}
