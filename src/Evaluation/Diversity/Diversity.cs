namespace Lhts.Evaluation;

/// <summary>How varied a set of sequences is. Shares are from 0 to 1; figures without anything to count are <see cref="double.NaN"/>.</summary>
/// <param name="Distinct">
/// distinct-n for n = 1 to 4: different n-grams over all n-grams that are counted (Li et al. 2016). Falls as these grow in number, so compare sets by
/// equal numbers of them: <see cref="NgramBudget"/>.
/// </param>
/// <param name="SeqRep">seq-rep-n for n = 1 to 4: share of a sequence's n-grams that repeat an earlier one of it, averaged (Welleck et al. 2020).</param>
/// <param name="Entropy">Entropy of the frequencies of the same n-grams for n = 1 to 4, in nats.</param>
/// <param name="SelfBleu">Mean BLEU-4 of a sequence against all the others (Zhu et al. 2018): 1 for copies, near 0 for a varied set.</param>
/// <param name="MeanLength">Mean number of tokens.</param>
public sealed record Diversity(
    IReadOnlyList<double> Distinct, IReadOnlyList<double> SeqRep, IReadOnlyList<double> Entropy, double SelfBleu, double MeanLength)
{
    private static readonly int[] Orders = [1, 2, 3, 4];

    /// <summary>The figures of a set of token arrays.</summary>
    /// <param name="sequences">The set.</param>
    /// <param name="budget">How many n-grams are counted for distinct-n and the entropy. Default null: all.</param>
    public static Diversity Of(IReadOnlyList<int[]> sequences, NgramBudget? budget = null) => new(
        [.. Orders.Select(order => DistinctOf(sequences, order, budget?.Of(order)))],
        [.. Orders.Select(order => SeqRepOf(sequences, order))],
        [.. Orders.Select(order => EntropyOf(sequences, order, budget?.Of(order)))],
        Evaluation.SelfBleu.Of(sequences),
        sequences.Count == 0 ? double.NaN : sequences.Average(tokens => tokens.Length));

    /// <summary>Different n-grams over all n-grams that are counted.</summary>
    /// <param name="sequences">The set.</param>
    /// <param name="order">n, from 1 to 4.</param>
    /// <param name="limit">How many n-grams are counted, the set's first ones; NaN for a set with fewer. Default null: all.</param>
    public static double DistinctOf(IEnumerable<int[]> sequences, int order, long? limit = null)
    {
        var counts = Ngrams.Count(sequences, order, limit);
        var total = counts.Values.Sum(count => (long)count);
        return total < limit ? double.NaN : (double)counts.Count / total;
    }

    /// <summary>1 - different / all n-grams of a sequence, averaged over the sequences that have n tokens or more.</summary>
    public static double SeqRepOf(IEnumerable<int[]> sequences, int order)
    {
        var shares = sequences.Where(tokens => tokens.Length >= order)
            .Select(tokens => 1 - (double)Ngrams.Count(tokens, order).Count / (tokens.Length - order + 1))
            .ToArray();
        return shares.Length == 0 ? double.NaN : shares.Average();
    }

    /// <summary>-sum f log f over the frequencies f of the n-grams that are counted, in nats.</summary>
    /// <param name="sequences">The set.</param>
    /// <param name="order">n, from 1 to 4.</param>
    /// <param name="limit">How many n-grams are counted, the set's first ones; NaN for a set with fewer. Default null: all.</param>
    public static double EntropyOf(IEnumerable<int[]> sequences, int order, long? limit = null)
    {
        var counts = Ngrams.Count(sequences, order, limit).Values;
        var total = counts.Sum(count => (double)count);
        if (counts.Count == 0 || total < limit) return double.NaN;
        return Math.Log(total) - (counts.Sum(count => count * Math.Log(count)) / total);
    }
}
