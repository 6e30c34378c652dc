using Lhts.Data.Batching;
using Lhts.Trainer.Sources;

namespace Lhts.Trainer.Tests.Extending;

/// <summary>Documents, but of each step only the longest half, each twice; it counts what it has dropped.</summary>
public sealed record LongestFirstRecipe : SourceRecipe
{
    public override ISequenceSource Build(SourceContext context) => new LongestFirst(context);
}

internal sealed class LongestFirst(SourceContext context) : ISequenceSource
{
    private readonly CorpusSource documents = new(context);

    public long NumDropped { get; private set; }

    public IReadOnlyList<MicroBatch> Next(long step, CancellationToken stop)
    {
        var all = documents.Next(step, stop).SelectMany(batch => batch.Sequences()).OrderByDescending(sequence => sequence.Tokens.Length).ToArray();
        var kept = all[..((all.Length + 1) / 2)];
        NumDropped += all.Length - kept.Length;
        // What it draws depends on what it has seen: a state that a resumed run must have.
        var twice = kept.Concat(kept.Take((int)(NumDropped % 3))).Select((sequence, lane) => sequence with { Lane = lane });
        return MicroBatchPlanner.Group(twice, context.Batches.TokensPerMicroBatch, context.Tokenizer.EndOfText, "longest");
    }

    public void Save(string folder)
    {
        documents.Save(folder);
        File.WriteAllText(Path.Combine(folder, "longest.txt"), $"{NumDropped}");
    }

    public void Load(string folder)
    {
        documents.Load(folder);
        NumDropped = long.Parse(File.ReadAllText(Path.Combine(folder, "longest.txt")), System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose() => documents.Dispose();
}
