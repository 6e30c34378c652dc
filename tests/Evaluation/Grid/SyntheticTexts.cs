using Lhts.Evaluation.Grid;
using Lhts.Sampling;

namespace Lhts.Evaluation.Tests.Grid;

/// <summary>Cells of made-up texts: words drawn from a law in which the k-th of them has a share in proportion to 1 / (k + 1).</summary>
internal static class SyntheticTexts
{
    private const int WordsPerText = 12;

    /// <summary>A cell whose tokens are worth <paramref name="logLikelihood"/> on average and whose texts use so many words.</summary>
    public static GridCell Cell(GridKey key, int numTexts, int vocabulary, double logLikelihood, ulong seed)
    {
        var words = Enumerable.Range(0, numTexts).Select(text => Words(text, vocabulary, seed)).ToArray();
        var samples = words.Select(text => new SampledSequence([0, .. text], 1, false)).ToArray();
        var scores = words.Select((text, i) => Scores(i, text.Length, logLikelihood, seed)).ToArray();
        return GridCell.Measure(key, samples, scores, words);
    }

    private static int[] Words(int text, int vocabulary, ulong seed)
    {
        var total = Enumerable.Range(1, vocabulary).Sum(k => 1.0 / k);
        var length = 4 + (int)(CounterRandom.Uniform(seed, text, -1) * 2 * (WordsPerText - 4));
        return [.. Enumerable.Range(0, length).Select(i => Draw(CounterRandom.Uniform(seed, text, i) * total, vocabulary))];
    }

    private static int Draw(double share, int vocabulary)
    {
        for (var word = 0; word < vocabulary - 1; word++)
        {
            share -= 1.0 / (word + 1);
            if (share < 0) return word;
        }

        return vocabulary - 1;
    }

    /// <summary>Tokens of one text have a part of their value in common, as in real texts.</summary>
    private static ScoredSequence Scores(int text, int length, double mean, ulong seed)
    {
        var shared = CounterRandom.Uniform(seed, text, 1_000) - 0.5;
        return new([.. Enumerable.Range(0, length).Select(i => (float)(mean + shared + CounterRandom.Uniform(seed, text, 2_000 + i) - 0.5))]);
    }
}
