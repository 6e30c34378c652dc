using System.Runtime.InteropServices;

namespace Lhts.Evaluation;

/// <summary>
/// Self-BLEU (Zhu et al. 2018, Texygen): the mean BLEU-4 of each sequence with all the others as references. The plain way compares all
/// pairs; here each n-gram keeps its two highest counts and the owner of the highest, which is what any one sequence needs to know about
/// the others, so that the cost is linear in the number of tokens.
/// </summary>
public static class SelfBleu
{
    /// <summary>What stands for a count of no match, so that the geometric mean exists (method 1 of Chen and Cherry 2014).</summary>
    private const double NoMatch = 0.1;

    /// <summary>The mean over the sequences; empty ones are left out. <see cref="double.NaN"/> with fewer than two.</summary>
    public static double Of(IReadOnlyList<int[]> sequences)
    {
        int[][] texts = [.. sequences.Where(tokens => tokens.Length > 0)];
        if (texts.Length < 2) return double.NaN;

        var logPrecisions = new double[texts.Length];
        for (var order = 1; order <= Ngrams.MaxOrder; order++) AddLogPrecisions(texts, order, logPrecisions);
        int[] lengths = [.. texts.Select(tokens => tokens.Length).Order()];
        return texts.Select((tokens, i) => Math.Exp(logPrecisions[i] / Ngrams.MaxOrder) * BrevityPenalty(tokens.Length, lengths)).Average();
    }

    private static void AddLogPrecisions(int[][] texts, int order, double[] logPrecisions)
    {
        var counts = texts.Select(tokens => Ngrams.Count(tokens, order)).ToArray();
        var highest = new Dictionary<UInt128, HighestCounts>();
        for (var i = 0; i < texts.Length; i++)
        {
            foreach (var (ngram, count) in counts[i])
            {
                ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(highest, ngram, out _);
                entry = entry.With(i, count);
            }
        }

        for (var i = 0; i < texts.Length; i++)
        {
            long matches = counts[i].Sum(pair => Math.Min(pair.Value, highest[pair.Key].Without(i)));
            logPrecisions[i] += Math.Log(Math.Max(matches, NoMatch) / Math.Max(1, texts[i].Length - order + 1));
        }
    }

    /// <summary>Papineni et al. 2002, with the reference whose length is closest, the shorter one of two.</summary>
    private static double BrevityPenalty(int length, int[] sortedLengths)
    {
        var own = Array.BinarySearch(sortedLengths, length);
        var closest = int.MaxValue;
        foreach (var i in NeighboursOf(own, sortedLengths))
        {
            var difference = Math.Abs(sortedLengths[i] - length);
            var best = Math.Abs((long)closest - length);
            if (difference < best || (difference == best && sortedLengths[i] < closest)) closest = sortedLengths[i];
        }

        return length >= closest ? 1 : Math.Exp(1 - (double)closest / length);
    }

    /// <summary>In sorted lengths, the closest other one stands beside it.</summary>
    private static IEnumerable<int> NeighboursOf(int index, int[] sortedLengths)
    {
        if (index > 0) yield return index - 1;
        if (index < sortedLengths.Length - 1) yield return index + 1;
    }

    /// <summary>The two highest counts of an n-gram in any two sequences, and the sequence of the first.</summary>
    private readonly record struct HighestCounts(int Owner, int First, int Second)
    {
        public HighestCounts With(int owner, int count) =>
            count > First ? new(owner, count, First) : count > Second ? this with { Second = count } : this;

        public int Without(int owner) => Owner == owner && First > 0 ? Second : First;
    }
}
