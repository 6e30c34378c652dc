using static TorchSharp.torch;

namespace Lhts.Evaluation.Temperatures;

/// <summary>Predictions that are in memory.</summary>
/// <param name="rows">Logits of each, all of one length.</param>
/// <param name="labels">What came, an index for each.</param>
/// <param name="groups">What each belongs to. Default: itself.</param>
public sealed class LogitTable(IReadOnlyList<float[]> rows, IReadOnlyList<long> labels, IReadOnlyList<int>? groups = null) : IPredictions
{
    private const int MaxLogits = 1 << 21;

    /// <inheritdoc/>
    public int NumGroups { get; } = groups is null ? rows.Count : groups.Max() + 1;

    /// <summary>How many there are.</summary>
    public int Count => rows.Count;

    /// <summary>Some of the predictions; their groups are numbered anew.</summary>
    /// <param name="places">Which rows.</param>
    public LogitTable Select(IReadOnlyList<int> places)
    {
        var numbers = new Dictionary<int, int>();
        return new LogitTable([.. places.Select(i => rows[i])], [.. places.Select(i => labels[i])], [.. places.Select(i => NumberOf(GroupOf(i)))]);

        int NumberOf(int group)
        {
            numbers.TryAdd(group, numbers.Count);
            return numbers[group];
        }
    }

    /// <inheritdoc/>
    public IEnumerable<PredictionChunk> Chunks(CancellationToken cancellation = default)
    {
        var width = rows[0].Length;
        var step = Math.Max(1, MaxLogits / width);
        for (var start = 0; start < rows.Count; start += step)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] places = [.. Enumerable.Range(start, Math.Min(step, rows.Count - start))];
            var values = new float[places.Length * width];
            for (var i = 0; i < places.Length; i++) rows[places[i]].CopyTo(values, i * width);
            using var logits = tensor(values).view(places.Length, width); // (N, V)
            yield return new PredictionChunk(logits, [.. places.Select(i => labels[i])], [.. places.Select(GroupOf)]);
        }
    }

    private int GroupOf(int place) => groups?[place] ?? place;
}
