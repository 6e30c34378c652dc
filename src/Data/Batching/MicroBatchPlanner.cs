namespace Lhts.Data.Batching;

/// <summary>
/// Groups a step's sequences by length. Among all groupings of the sorted lengths into runs within the budget it takes the
/// cheapest, where a run of B sequences costs B times its longest length, plus a fixed price for each micro-batch.
/// </summary>
public static class MicroBatchPlanner
{
    // What a micro-batch costs beside its positions, as a share of the budget: launches and reductions that do not
    // shrink with it. An assumption; at 1/128 the padding on a log-normal spread stays under 3%, which a test checks.
    private const int OverheadShare = 128;

    /// <summary>The micro-batches of a step's sequences.</summary>
    /// <param name="sequences">In any order.</param>
    /// <param name="tokensPerMicroBatch">Most positions of a micro-batch, padding included; a single sequence may exceed it.</param>
    /// <param name="padding">The token that stands where a sequence has ended.</param>
    /// <param name="source">Where all of them come from.</param>
    public static IReadOnlyList<MicroBatch> Group(
        IEnumerable<Sequence> sequences, int tokensPerMicroBatch, int padding, string source = MicroBatch.Corpus)
    {
        var sorted = sequences.OrderByDescending(sequence => sequence.Tokens.Length).ThenBy(sequence => sequence.Lane).ToArray();
        var batches = new List<MicroBatch>();
        var start = 0;
        foreach (var end in Cuts([.. sorted.Select(sequence => sequence.Tokens.Length)], tokensPerMicroBatch))
        {
            batches.Add(new MicroBatch(sorted[start..end], padding) { Source = source });
            start = end;
        }

        return batches;
    }

    /// <summary>The ends of the runs for lengths that descend.</summary>
    internal static List<int> Cuts(int[] lengths, int budget)
    {
        var overhead = Math.Max(1, budget / OverheadShare);
        var cost = new long[lengths.Length + 1]; // cost[i]: cheapest grouping of lengths[i..]
        var next = new int[lengths.Length];
        for (var start = lengths.Length - 1; start >= 0; start--)
        {
            cost[start] = long.MaxValue;
            for (var end = start + 1; end <= lengths.Length; end++)
            {
                var positions = (long)(end - start) * lengths[start];
                if (positions > budget && end > start + 1) break;
                if (positions + overhead + cost[end] >= cost[start]) continue;
                (cost[start], next[start]) = (positions + overhead + cost[end], end);
            }
        }

        var cuts = new List<int>();
        for (var start = 0; start < lengths.Length; start = next[start]) cuts.Add(next[start]);
        return cuts;
    }
}
