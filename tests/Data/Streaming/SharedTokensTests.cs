using Lhts.Data.Batching;
using Lhts.Data.Parquet;
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

    [Test]
    public void LargeBlock_IsReadOnceWhileItIsNeeded_AndLookedAtEachTime()
    {
        var (shared, numReads, numLooks) = (new SharedBlocks(), 0, 0);
        TextBlock Of(int number, int numBytes) => shared.Of(number, () => Read(numBytes), _ => numLooks++);
        TextBlock Read(int numBytes)
        {
            numReads++;
            var block = new TextBlock(new DataBlock(0, 0, 0, 1, 0));
            block.Add(new byte[numBytes], RowKind.Text);
            return block;
        }

        var large = Of(3, 32 << 20);
        Assert.That(Of(3, 32 << 20), Is.SameAs(large));
        Assert.That((numReads, numLooks), Is.EqualTo((1, 1)));
        var small = Of(4, 1 << 20);
        Assert.That(Of(4, 1 << 20), Is.Not.SameAs(small), "an ordinary block is read as often as it comes");
        Assert.That(numLooks, Is.EqualTo(1));
        GC.KeepAlive(large);
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
