using System.Globalization;
using System.Text.Json;
using Lhts.Basics;
using Lhts.Data.Batching;
using Lhts.Sampling;

namespace Lhts.Trainer.Sources;

/// <summary>
/// A source's sequences, and beside them some that it gave in earlier steps: each rank keeps and takes again its own. Which are taken is a function of seed,
/// step and place; the buffer itself is in checkpoints. With another number of ranks than it was saved with a rank takes over the file of its number, or begins
/// empty.
/// </summary>
/// <param name="fresh">The source; this rank's share of its sequences enters the buffer.</param>
/// <param name="context">The part of a step that comes from the buffer.</param>
/// <param name="capacity">Sequences over all ranks; the oldest go first.</param>
/// <param name="firstLane">The place of the first of them in a step.</param>
public sealed class ReplayBuffer(ISequenceSource fresh, SourceContext context, int capacity, int firstLane) : ISequenceSource
{
    /// <summary>The name of sequences that are taken again.</summary>
    public const string Name = "replay";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private List<Kept> kept = [];

    private int Capacity => Math.Max(1, capacity / context.Batches.WorldSize);

    /// <inheritdoc/>
    public IReadOnlyList<MicroBatch> Next(long step, CancellationToken stop)
    {
        var own = fresh.Next(step, stop);
        var taken = Take(step).ToArray();
        kept.AddRange(own.SelectMany(batch => batch.Sequences()).OrderBy(sequence => sequence.Lane).Select(Kept.Of));
        if (kept.Count > Capacity) kept.RemoveRange(0, kept.Count - Capacity);
        return [.. own, .. MicroBatchPlanner.Group(taken, context.Batches.TokensPerMicroBatch, context.Tokenizer.EndOfText, Name)];
    }

    /// <inheritdoc/>
    public void Done(long step) => fresh.Done(step);

    /// <inheritdoc/>
    public void Save(string folder)
    {
        fresh.Save(folder);
        AtomicFile.Write(PathIn(folder), file => JsonSerializer.Serialize(file, kept, Json));
    }

    /// <inheritdoc/>
    public void Load(string folder)
    {
        fresh.Load(folder);
        if (!File.Exists(PathIn(folder))) return;
        using var file = File.OpenRead(PathIn(folder));
        kept = JsonSerializer.Deserialize<List<Kept>>(file, Json) ?? throw new InvalidDataException($"'{PathIn(folder)}' is empty.");
    }

    /// <inheritdoc/>
    public void Dispose() => fresh.Dispose();

    /// <summary>Sequences of the buffer for the step's temperature, whatever they were drawn at.</summary>
    private IEnumerable<Sequence> Take(long step)
    {
        var (rank, worldSize) = (context.Batches.Rank, context.Batches.WorldSize);
        for (var i = rank; i < context.SequencesPerStep && kept.Count > 0; i += worldSize)
        {
            var chosen = kept[(int)(CounterRandom.Uniform(unchecked(context.Seed + 0x7265706C6179), step, firstLane + i) * kept.Count)];
            yield return new Sequence(firstLane + i, chosen.Number, Piece: 0, chosen.Tokens)
            {
                DrawnLogProbs = chosen.LogProbs, PromptLength = chosen.PromptLength, Group = chosen.Group,
            };
        }
    }

    private string PathIn(string folder) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"replay-{context.Batches.Rank:00000}.json"));

    /// <summary>A sequence in the buffer.</summary>
    private sealed record Kept(long Number, int[] Tokens, float[]? LogProbs, int PromptLength, int Group)
    {
        public static Kept Of(Sequence sequence) =>
            new(sequence.DocumentId, sequence.Tokens.ToArray(), sequence.DrawnLogProbs?.ToArray(), sequence.PromptLength, sequence.Group);
    }
}
