using Lhts.Data.Batching;
using Lhts.Telemetry;

namespace Lhts.Trainer.Sources;

/// <summary>The names that sequences carry, in the order of their rows in a step's figures.</summary>
internal static class SourceNames
{
    private static readonly string[] Names = [MicroBatch.Corpus, TeacherSamples.Name, "student", "replay", JointSamples.Name, "other"];

    /// <summary>The sources as metrics and metrics.jsonl call them.</summary>
    public static IReadOnlyList<SourceLabel> Labels { get; } =
        [.. Names.Select(name => new SourceLabel(name, name == MicroBatch.Corpus ? name : name + "Samples"))];

    /// <summary>Rows of the figures by source.</summary>
    public static int Count => Names.Length;

    /// <summary>The row of a source; the last one where it has no name of its own here.</summary>
    public static int IndexOf(string? source) => Array.IndexOf(Names, source ?? MicroBatch.Corpus) is >= 0 and var index ? index : Names.Length - 1;
}
