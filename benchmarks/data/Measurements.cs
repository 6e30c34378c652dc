using System.Globalization;
using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Parquet;
using Lhts.Data.Streaming;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Benchmarks;

/// <summary>Each stage alone, then all together.</summary>
internal static class Measurements
{
    private const int SampleBytes = 20_000_000;

    public static IEnumerable<Measurement> All(DataSet corpus, ITokenizer bytePairs)
    {
        var sample = Sample(corpus);
        yield return Alone("bare DuckDB scan of the column", () => new Work(corpus.ScanTextBytes()));
        yield return Alone("reading blocks of documents", () => new Work(corpus.ReadTexts().Sum(text => (long)text.Length)));
        yield return Encoding("characters, one thread", CharacterTokenizer.FromTexts(sample), sample);
        yield return Encoding("bytes, one thread", new ByteTokenizer(), sample);
        yield return Encoding("byte-level BPE, one thread", bytePairs, sample);
        foreach (var (name, tokenizer) in new (string, ITokenizer)[] { ("bytes", new ByteTokenizer()), ("BPE", bytePairs) })
        {
            foreach (var longDocuments in Enum.GetValues<LongDocuments>())
            {
                yield return new Measurement(
                    $"all together, {name}, long documents {longDocuments.ToString().ToLowerInvariant()}", () => StreamAsync(corpus, tokenizer, longDocuments));
            }
        }
    }

    private static Measurement Alone(string name, Func<Work> stage) => new(name, () => Task.FromResult(stage()));

    private static Measurement Encoding(string name, ITokenizer tokenizer, List<ReadOnlyMemory<byte>> sample) => Alone($"encoding: {name}", () =>
    {
        var (bytes, count) = (0L, 0L);
        var tokens = new List<int>();
        foreach (var text in sample)
        {
            tokens.Clear();
            tokenizer.Encode(text.Span, tokens);
            (bytes, count) = (bytes + text.Length, count + tokens.Count);
        }

        return new Work(bytes, count);
    });

    private static async Task<Work> StreamAsync(DataSet corpus, ITokenizer tokenizer, LongDocuments longDocuments)
    {
        var options = new BatchOptions
        {
            SequencesPerStep = 512,
            ContextLength = 1024,
            NumEpochs = 1,
            LongDocuments = longDocuments,
            TokenizerThreads = Environment.ProcessorCount,
        };
        var stream = new BatchStream(corpus, tokenizer, new OrderOptions(), options);
        await foreach (var _ in stream.ReadAsync())
        {
        }

        var counters = stream.Counters;
        var padding = 100.0 * counters.PaddingTokens / (counters.PaddingTokens + counters.Tokens);
        return new Work(counters.BytesRead, counters.Tokens, string.Create(CultureInfo.InvariantCulture, $"padding {padding:F2}%"));
    }

    private static List<ReadOnlyMemory<byte>> Sample(DataSet corpus)
    {
        var texts = new List<ReadOnlyMemory<byte>>();
        var bytes = 0L;
        foreach (var text in corpus.ReadTexts())
        {
            if ((bytes += text.Length) > SampleBytes) break;
            texts.Add(text);
        }

        return texts;
    }
}
