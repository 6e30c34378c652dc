using System.Text.Json;
using Lhts.Basics;
using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Streaming;
using Lhts.Telemetry;
using Lhts.Trainer.Training;

namespace Lhts.Trainer.Sources;

/// <summary>The documents of the data set.</summary>
public sealed record CorpusRecipe : SourceRecipe
{
    /// <inheritdoc/>
    internal override bool IsCorpusOnly => true;

    /// <inheritdoc/>
    public override ISequenceSource Build(SourceContext context) => new CorpusSource(context);
}

/// <summary>The documents in their one global order, read and encoded ahead of their use.</summary>
public sealed class CorpusSource : ISequenceSource
{
    private const string FileName = "corpus.json";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    private readonly SourceContext context;
    private readonly int firstLane;
    private BatchStream stream;
    private DataState state;
    private IEnumerator<StepBatch>? steps;

    /// <summary>The documents from the beginning on.</summary>
    /// <param name="context">The documents, and the sequences of a step.</param>
    /// <param name="firstLane">The place of the first in a step: those before belong to another source.</param>
    public CorpusSource(SourceContext context, int firstLane = 0)
    {
        (this.context, this.firstLane) = (context, firstLane);
        stream = StreamFrom(null);
        state = stream.Start;
    }

    /// <summary>Where it stands after the last step that was given.</summary>
    public DataState State => state;

    /// <inheritdoc/>
    public double Epoch => (double)state.NextPosition / context.Data.NumDocuments;

    /// <inheritdoc/>
    public DataCounters Documents => stream.Counters;

    /// <inheritdoc/>
    public IReadOnlyList<MicroBatch> Next(long step, CancellationToken stop)
    {
        using var measured = context.Clock?.Measure(StepPhase.DataWait);
        steps ??= stream.ReadAsync(stop).ToBlocking(stop).GetEnumerator();
        if (!steps.MoveNext()) throw new InvalidOperationException("The documents have come to an end.");
        state = steps.Current.NextState;
        return firstLane == 0 ? steps.Current.MicroBatches : [.. steps.Current.MicroBatches.Select(batch => batch.FromLane(firstLane))];
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        if (context.Batches.Rank == 0) AtomicFile.Write(Path.Combine(folder, FileName), file => JsonSerializer.Serialize(file, state, Json));
    }

    /// <inheritdoc/>
    public void Load(string folder)
    {
        using var file = File.OpenRead(Path.Combine(folder, FileName));
        state = JsonSerializer.Deserialize<DataState>(file, Json) ?? throw new InvalidDataException($"'{folder}': {FileName} is empty.");
        stream = StreamFrom(state);
    }

    /// <summary>Stops the reading ahead.</summary>
    public void Dispose() => steps?.Dispose();

    private BatchStream StreamFrom(DataState? from) =>
        new(context.Data, context.Tokenizer, context.Order ?? new OrderOptions { Seed = context.Seed }, context.Batches, from, scores: context.Scores)
        {
            OnBadRows = context.Report,
        };
}
