using System.Globalization;
using Lhts.Data.Parquet;
using Lhts.Data.Preparing;
using Lhts.Data.Tokenizers;
using Lhts.Data.Tokenizers.BytePair;

namespace Lhts.Data.Benchmarks;

/// <summary>
/// English of a chosen size: the King James Bible again and again, in documents whose lengths are log-normal, as those of
/// web text are about. Words repeat more than on the web, which favours the word cache a little.
/// </summary>
internal static class Corpus
{
    private const double MeanLogBytes = 7.2; // about 1,300 bytes: a median of some 300 tokens
    private const double SpreadLogBytes = 1.0;
    private const int VocabularySize = 8192;

    public static DataSet Make(string folder, int megabytes)
    {
        DataPreparer.Prepare(new PrepareOptions { Output = Path.Combine(folder, "bible") });
        using var bible = DataSet.Open(new DataOptions { Path = Path.Combine(folder, "bible") });
        var text = bible.ReadTexts().SelectMany(chapter => (byte[])[.. chapter.Span, (byte)' ']).Select(value => value == '\n' ? (byte)' ' : value).ToArray();
        var source = Path.Combine(folder, "corpus.txt");
        using (var stream = File.Create(source))
        {
            var random = new Random(1);
            for (var at = 0; stream.Length < megabytes * 1_000_000L;)
            {
                var length = Math.Clamp((int)Math.Exp(MeanLogBytes + SpreadLogBytes * Normal(random)), 20, 200_000);
                length = Math.Min(length, text.Length - at);
                stream.Write(text, at, length);
                at = (at + length) % text.Length;
                stream.WriteByte((byte)'\n');
            }
        }

        var output = Path.Combine(folder, "corpus");
        DataPreparer.Prepare(new PrepareOptions { Source = source, Output = output, Layout = TextLayout.Line });
        return DataSet.Open(new DataOptions { Path = output });
    }

    public static ITokenizer Tokenizer(DataSet corpus, string? folder)
    {
        if (folder is not null) return TokenizerLoader.Load(folder);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"learning a BPE of {VocabularySize} tokens from the corpus"));
        return BytePairTrainer.Train(corpus.ReadTexts(), new BytePairTrainingOptions { VocabularySize = VocabularySize, MaxBytes = 10_000_000 });
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
