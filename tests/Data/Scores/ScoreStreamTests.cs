using Lhts.Data.Batching;
using Lhts.Data.Scores;
using Lhts.Data.Streaming;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Tests.Scores;

/// <summary>Kept scores come with the sequences that they belong to.</summary>
public sealed class ScoreStreamTests : ScoreFixture
{
    [Test]
    public async Task Stream_WithScores_GivesEverySequenceItsOwn(
        [Values] LongDocuments longDocuments, [Values] bool startWithEndOfText, [Values(1, 3)] int worldSize)
    {
        using var data = MakeData();
        var options = OptionsOf(longDocuments, startWithEndOfText) with { WorldSize = worldSize };
        Write(data, options);
        var scores = OpenScores(data, options);
        var numSequences = 0;
        for (var rank = 0; rank < worldSize; rank++)
        {
            var steps = await StepsAsync(new BatchStream(data, Digits, Shuffled, options with { Rank = rank }, scores: scores));
            foreach (var batch in steps.SelectMany(step => step.MicroBatches)) numSequences += Check(batch);
        }

        Assert.That(numSequences, Is.GreaterThan(30));
    }

    [Test]
    public async Task Stream_ResumedWithinADocument_GivesTheSameScores()
    {
        using var data = MakeData();
        var options = OptionsOf();
        Write(data, options);
        var scores = OpenScores(data, options);
        var whole = await StepsAsync(new BatchStream(data, Digits, Shuffled, options, scores: scores));
        var middle = whole.FindIndex(step => !step.NextState.Held.IsEmpty);
        var rest = await StepsAsync(new BatchStream(data, Digits, Shuffled, options, whole[middle].NextState, scores: scores));
        Assert.That(Values(rest), Is.EqualTo(Values(whole.Skip(middle + 1))));
    }

    [Test]
    public async Task Stream_WithoutScores_HasNone()
    {
        using var data = MakeData();
        var steps = await StepsAsync(new BatchStream(data, Digits, Shuffled, OptionsOf()));
        Assert.That(steps.SelectMany(step => step.MicroBatches).Select(batch => batch.LogProbs), Has.All.Null);
    }

    [Test]
    public void Stream_WithOtherSettingsThanItsScores_IsRefused()
    {
        using var data = MakeData();
        Write(data, OptionsOf());
        var scores = OpenScores(data, OptionsOf());
        Assert.That(
            () => new BatchStream(data, Digits, Shuffled, OptionsOf(LongDocuments.Cut), scores: scores),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("long documents: was Split, is Cut"));
    }

    [Test]
    public void Stream_WithScoresAndMovingPieces_IsRefused()
    {
        using var data = MakeData();
        Write(data, OptionsOf());
        var scores = OpenScores(data, OptionsOf());
        Assert.That(() => new BatchStream(data, Digits, Shuffled, OptionsOf() with { MovesPieces = true }, scores: scores), Throws.ArgumentException);
    }

    [Test]
    public void Scores_OfAnotherNumberOfTokens_StopTheStreamWithTheDocument()
    {
        using var data = MakeData();
        // As if the tokenizer's fingerprint did not tell: documents are twice as long.
        Write(data, OptionsOf());
        var scores = OpenScores(data, OptionsOf());
        Assert.That(
            () => StepsAsync(new BatchStream(data, new TwiceAsLong(), InFileOrder, OptionsOf(), scores: scores)),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("part-0.parquet' row 0 has 3 tokens to predict, and the teacher's scores have 2"));
    }

    /// <summary>Says that it is the tokenizer of digits.</summary>
    private sealed class TwiceAsLong : ITokenizer
    {
        public int VocabularySize => Digits.VocabularySize;

        public int EndOfText => Digits.EndOfText;

        public string Fingerprint => Digits.Fingerprint;

        public void Encode(ReadOnlySpan<byte> utf8, List<int> tokens, int enough = int.MaxValue)
        {
            Digits.Encode(utf8, tokens, enough);
            Digits.Encode(utf8, tokens, enough);
        }

        public void Decode(ReadOnlySpan<int> tokens, List<byte> utf8) => Digits.Decode(tokens, utf8);

        public void Save(string folder) => Digits.Save(folder);
    }

    private static async Task<List<StepBatch>> StepsAsync(BatchStream stream)
    {
        var steps = new List<StepBatch>();
        await foreach (var step in stream.ReadAsync()) steps.Add(step);
        return steps;
    }

    private static float[] Values(IEnumerable<StepBatch> steps) => [.. steps.SelectMany(step => step.MicroBatches).SelectMany(batch => batch.LogProbs!)];

    private static int Check(MicroBatch batch)
    {
        Assert.That(batch.LogProbs, Has.Length.EqualTo(batch.NumSequences * (batch.Length - 1)));
        for (var b = 0; b < batch.NumSequences; b++)
        {
            var expected = Enumerable.Range(1, batch.Length - 1)
                .Select(i => i < batch.Lengths[b] ? LogProb(batch.Tokens[(b * batch.Length) + i - 1], batch.Tokens[(b * batch.Length) + i], i) : 0);
            Assert.That(batch.LogProbs!.AsSpan(b * (batch.Length - 1), batch.Length - 1).ToArray(), Is.EqualTo(expected));
        }

        return batch.NumSequences;
    }
}
