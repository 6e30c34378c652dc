using Lhts.Models.Gpt;
using Lhts.Sampling.Processors;
using static TorchSharp.torch;

namespace Lhts.Sampling;

/// <summary>
/// One batch being generated. Prompts of unequal length are padded on the left, so that all rows append at the same place, and equal prompts
/// (at equal long-horizon temperatures) go through the model once. Finished rows ride along until half of the rows are finished, then the batch is packed: each
/// packing copies the cache, but the batch halves each time.
/// </summary>
internal sealed class SampleBatch : IDisposable
{
    private readonly Gpt2 model;
    private readonly SamplingOptions options;
    private readonly LogitProcessors processors;
    private readonly TokenObserver? observer;
    private List<SampleRow> rows;
    private KeyValueCache cache;
    private long[]? promptOfRow; // until the first step: which of the distinct prompts each row has

    public SampleBatch(Gpt2 model, SamplingOptions options, IReadOnlyList<SampleRow> rows, TokenObserver? observer = null)
    {
        this.model = model;
        this.options = options;
        this.observer = observer;
        processors = new LogitProcessors(options);
        this.rows = [.. rows];
        (Prompts, promptOfRow) = DistinctPrompts(rows);
        var longest = Prompts.Max(prompt => prompt.Count);
        var numSlots = rows.Max(row => longest - row.Tokens.Count + row.MaxLength);
        cache = new KeyValueCache(model, Prompts.Count, numSlots, [.. Prompts.Select(prompt => (long)(longest - prompt.Count))]);
    }

    private List<List<int>> Prompts { get; }

    /// <summary>Generates until every row is finished.</summary>
    /// <param name="onToken">
    /// Told after every token but the last how many sequences are done: those finished, or the share of the places that are filled.
    /// </param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    public void Run(Action<int> onToken, CancellationToken cancellation)
    {
        if (rows.TrueForAll(row => row.IsFinished)) return;

        var (numRows, numTokens) = (rows.Count, rows.Max(row => row.MaxLength - row.Tokens.Count));
        var next = PaddedPrompts();
        for (var token = 1; ; token++)
        {
            cancellation.ThrowIfCancellationRequested();
            next = Step(next);
            var active = rows.Where(row => !row.IsFinished).ToList();
            if (active.Count == 0) return;
            onToken(Math.Max(numRows - active.Count, (int)((long)numRows * token / numTokens)));
            if (MustPack(active.Count)) next = Pack(active, next);
        }
    }

    public void Dispose() => cache.Dispose();

    /// <summary>Runs the model over the new tokens, row by row, and returns each row's next one.</summary>
    private long[] Step(long[] newTokens)
    {
        using var scope = NewDisposeScope();
        var logits = NextLogits(newTokens); // (B, V)
        var uniforms = rows.Select(row => CounterRandom.Uniform(options.Seed, row.Index, row.Tokens.Count)).ToArray();
        var chosen = TokenChooser.Choose(logits, uniforms, processors, rows);
        for (var i = 0; i < rows.Count; i++) rows[i].Append((int)chosen.Tokens[i], chosen.LogProbs[i], options.EndOfText, observer);
        return chosen.Tokens;
    }

    private Tensor NextLogits(long[] newTokens)
    {
        var device = model.TokenEmbedding.device;
        var numRows = promptOfRow is null ? rows.Count : Prompts.Count;
        var input = tensor(newTokens, device: device).view(numRows, -1); // (B, n)
        var hidden = model.Hidden(input, cache, Temperatures(numRows, device)); // (B, n, E)
        var logits = model.Logits(hidden.select(1, hidden.shape[1] - 1)); // (B, V)
        if (promptOfRow is null) return logits;

        var expanded = logits.index_select(0, tensor(promptOfRow, device: device));
        if (numRows < rows.Count) ReplaceCache(promptOfRow);
        promptOfRow = null;
        return expanded;
    }

    /// <summary>(B) long-horizon temperatures, of the distinct prompts before the first step and of the rows after it.</summary>
    private Tensor? Temperatures(int numRows, Device device)
    {
        if (rows[0].LongHorizonTemperature is null) return null;
        var values = new float[numRows];
        for (var i = 0; i < rows.Count; i++) values[promptOfRow?[i] ?? i] = (float)rows[i].LongHorizonTemperature!.Value;
        return tensor(values, device: device);
    }

    private long[] PaddedPrompts()
    {
        var longest = Prompts.Max(prompt => prompt.Count);
        var tokens = new long[Prompts.Count * longest]; // token 0 as padding
        for (var i = 0; i < Prompts.Count; i++)
        {
            var start = (i + 1) * longest - Prompts[i].Count;
            for (var j = 0; j < Prompts[i].Count; j++) tokens[start + j] = Prompts[i][j];
        }

        return tokens;
    }

    private static (List<List<int>> Prompts, long[] PromptOfRow) DistinctPrompts(IReadOnlyList<SampleRow> rows)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var prompts = new List<List<int>>();
        var promptOfRow = new long[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            var key = $"{rows[i].LongHorizonTemperature:R}:{string.Join(',', rows[i].Tokens)}";
            if (numbers.TryAdd(key, prompts.Count)) prompts.Add([.. rows[i].Tokens]);
            promptOfRow[i] = numbers[key];
        }

        return (prompts, promptOfRow);
    }

    /// <summary>A row at the end of the context has no position for another token, so it cannot ride along.</summary>
    private bool MustPack(int numActive) =>
        2 * numActive <= rows.Count || rows.Exists(row => row.IsFinished && row.Tokens.Count >= model.Config.NumPositions);

    private long[] Pack(List<SampleRow> active, long[] next)
    {
        long[] kept = [.. Enumerable.Range(0, rows.Count).Where(i => !rows[i].IsFinished)];
        ReplaceCache(kept);
        rows = active;
        return [.. kept.Select(i => next[i])];
    }

    private void ReplaceCache(long[] keptRows)
    {
        var replaced = cache;
        cache = replaced.Select(keptRows);
        replaced.Dispose();
    }
}
