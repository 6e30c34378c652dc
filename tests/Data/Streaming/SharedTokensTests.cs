using Lhts.Data.Batching;
using Lhts.Data.Streaming;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Tests.Streaming;

public sealed class SharedTokensTests : StreamFixture
{
    [Test]
    public async Task LongDocument_TakenByEveryLane_IsEncodedOnceAndServedAsEver()
    {
        WriteParquet("a.parquet", [string.Concat(Enumerable.Repeat("0123456789", 200_000))]);
        using var data = Open();
        var counting = new CountingTokenizer();
        var options = Options(4, numEpochs: null) with { LongDocuments = LongDocuments.Split };
        var steps = await ReadAsync(data, InFileOrder, options, maxSteps: 2, tokenizer: counting);
        Assert.That(steps.Select(step => Show(step)), Is.EqualTo(
            (string[])["0:0/0=$0123456 1:0/0=$0123456 2:0/0=$0123456 3:0/0=$0123456", "0:0/1=67890123 1:0/1=67890123 2:0/1=67890123 3:0/1=67890123"]));
        Assert.That(counting.NumEncoded, Is.EqualTo(1));
    }

    [Test]
    public void ShortDocuments_AreEncodedEachTime()
    {
        var (shared, count) = (new SharedTokens(), 0);
        for (var i = 0; i < 3; i++) shared.Of(document: 5, numBytes: 100, () => [++count]);
        Assert.That(count, Is.EqualTo(3));
    }

    private sealed class CountingTokenizer : ITokenizer
    {
        private int numEncoded;

        public int NumEncoded => numEncoded;

        public int VocabularySize => Digits.VocabularySize;

        public int EndOfText => Digits.EndOfText;

        public string Fingerprint => Digits.Fingerprint;

        public void Encode(ReadOnlySpan<byte> utf8, List<int> tokens, int enough = int.MaxValue)
        {
            Interlocked.Increment(ref numEncoded);
            Digits.Encode(utf8, tokens, enough);
        }

        public void Decode(ReadOnlySpan<int> tokens, List<byte> utf8) => Digits.Decode(tokens, utf8);

        public void Save(string folder) => Digits.Save(folder);
    }
}
