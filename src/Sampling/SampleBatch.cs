using Lhts.Models.Gpt;
using static TorchSharp.torch;

namespace Lhts.Sampling;

/// <summary>
/// One batch being generated. Prompts of unequal length are padded on the left, so that all rows append at the same place. Finished rows
/// ride along until half of the rows are finished, then the batch is packed: each packing copies the cache, but the batch halves each time.
/// </summary>
internal sealed class SampleBatch : IDisposable
{
    private readonly Gpt2 model;
    private readonly SamplingOptions options;
    private readonly long[] firstPadding;
    private List<SampleRow> rows;
    private KeyValueCache cache;

    public SampleBatch(Gpt2 model, SamplingOptions options, IReadOnlyList<SampleRow> rows)
    {
        this.model = model;
        this.options = options;
        this.rows = [.. rows];
        var longest = rows.Max(row => row.Tokens.Count);
        firstPadding = [.. rows.Select(row => (long)(longest - row.Tokens.Count))];
        var numSlots = rows.Max(row => longest - row.Tokens.Count + row.MaxLength);
        cache = new KeyValueCache(model, rows.Count, numSlots, firstPadding);
    }

    /// <summary>Generates until every row is finished.</summary>
    public void Run(CancellationToken cancellation)
    {
        if (rows.TrueForAll(row => row.IsFinished)) return;

        var next = PaddedPrompts();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            next = Step(next);
            var active = rows.Where(row => !row.IsFinished).ToList();
            if (active.Count == 0) return;
            if (MustPack(active.Count)) next = Pack(active, next);
        }
    }

    public void Dispose() => cache.Dispose();

    /// <summary>Runs the model over the new tokens, (B, n) row by row, and returns each row's next one.</summary>
    private long[] Step(long[] newTokens)
    {
        using var scope = NewDisposeScope();
        var device = model.TokenEmbedding.device;
        var input = tensor(newTokens, device: device).view(rows.Count, -1); // (B, n)
        var temperatures = options.LongHorizonTemperature is { } value ? full([rows.Count], value, ScalarType.Float32, device) : null;
        var hidden = model.Hidden(input, cache, temperatures); // (B, n, E)
        var last = hidden.select(1, hidden.shape[1] - 1); // (B, E)
        var uniforms = rows.Select(row => CounterRandom.Uniform(options.Seed, row.Index, row.Tokens.Count)).ToArray();
        var chosen = TokenChooser.Choose(model.Logits(last), uniforms, options);
        for (var i = 0; i < chosen.Length; i++) rows[i].Append((int)chosen[i], options.EndOfText);
        return chosen;
    }

    private long[] PaddedPrompts()
    {
        var longest = rows.Max(row => row.Tokens.Count);
        var tokens = new long[rows.Count * longest]; // (B, longest), token 0 as padding
        for (var i = 0; i < rows.Count; i++)
        {
            var start = i * longest + (int)firstPadding[i];
            for (var j = 0; j < rows[i].Tokens.Count; j++) tokens[start + j] = rows[i].Tokens[j];
        }

        return tokens;
    }

    /// <summary>A row at the end of the context has no position for another token, so it cannot ride along.</summary>
    private bool MustPack(int numActive) =>
        2 * numActive <= rows.Count || rows.Exists(row => row.IsFinished && row.Tokens.Count >= model.Config.NumPositions);

    private long[] Pack(List<SampleRow> active, long[] next)
    {
        long[] kept = [.. Enumerable.Range(0, rows.Count).Where(i => !rows[i].IsFinished)];
        var packed = cache.Select(kept);
        cache.Dispose();
        cache = packed;
        rows = active;
        return [.. kept.Select(i => next[i])];
    }
}
