using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Tests.Pairwise;

/// <summary>What recipes differ in, and a tiny recipe of any choice.</summary>
internal static class RecipeFeatures
{
    public const int ContextLength = 12;

    private const string Tokenizer = "tokenizer", Ranks = "ranks", Documents = "data";

    /// <summary>Each feature with its values, the first of which is the default. A value is a line of YAML unless said otherwise.</summary>
    public static IReadOnlyList<(string Name, string[] Values)> All { get; } =
    [
        ("objective", [.. ObjectiveKinds.All.Kinds.Keys, "{kind: lhts, baseline: learned, tail: bootstrap, horizon: 2, beta: 0}",
            "{kind: lhts, beta: 0, baseline: mean}", "{kind: partition, beta: 0}"]),
        ("source", ["corpus", "{kind: teacher, buffer: 6, batch: 3}", "{kind: mix, buffer: 6, batch: 2, teacherShare: 0.5}", "{kind: student, batch: 3}",
            "{kind: student, batch: 3, corpusShare: 0.4, replayShare: 0.3, replayCapacity: 6}"]),
        ("conditioning", ["", "every-position", "prefix", "layer-norms", "weights", "{kind: weights, rank: 2}", "none"]),
        ("temperatures", ["", "{min: 0.7, max: 1.0}", "[0.8, 1.0]"]),
        ("start", ["", "teacher", "best-myopic"]),
        ("lengths", ["free", "fixed"]),
        ("gradientCheckpointing", ["false", "true"]),
        (Documents, ["longDocuments: cut", "longDocuments: split", "longDocuments: cut, promptColumn: prompt", "longDocuments: cut, endWithEndOfText: false"]),
        (Tokenizer, ["characters", "bytes", "words"]),
        ("scores", ["", "kept"]),
        ("evaluation", ["", "every: 1"]),
        ("shardOptimizer", ["false", "true"]),
        ("compression", ["none", "bfloat16"]),
        (Ranks, ["1", "2"]),
    ];

    /// <summary>Reads the recipe of a row, or gives the message with which it is refused.</summary>
    /// <param name="row">A value of each feature.</param>
    /// <param name="folder">Where data, teachers and scores lie, and runs are made.</param>
    public static (Recipe? Recipe, string? Refusal) Read(int[] row, string folder)
    {
        try
        {
            return (RecipeReader.Parse(Yaml(row, folder), "pairwise.yaml"), null);
        }
        catch (RecipeException refused)
        {
            return (null, refused.Message);
        }
    }

    /// <summary>The value of a feature in a row.</summary>
    public static string Of(int[] row, string feature) => All.Single(known => known.Name == feature).Values[PlaceOf(row, feature)];

    /// <summary>The name of the row's tokenizer.</summary>
    public static string TokenizerOf(int[] row) => Of(row, Tokenizer);

    /// <summary>How many ranks train the row's recipe.</summary>
    public static int NumRanks(int[] row) => int.Parse(Of(row, Ranks), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What differs from the defaults, in few words.</summary>
    public static string Describe(int[] row) =>
        string.Join(", ", All.Index().Where(entry => row[entry.Index] > 0).Select(entry => $"{entry.Item.Name} {entry.Item.Values[row[entry.Index]]}"));

    private static int PlaceOf(int[] row, string feature) => row[All.Index().Single(entry => entry.Item.Name == feature).Index];

    private static string Yaml(int[] row, string folder)
    {
        string Line(string key) => Of(row, key) is { Length: > 0 } value ? $"{key}: {value}" : "";
        var teacher = Path.Combine(folder, TokenizerOf(row));
        return $$"""
            name: pairwise
            output: {{Path.Combine(folder, "run" + string.Concat(row))}}
            threads: 1
            data: {path: {{Path.Combine(folder, "parquet")}}, contextLength: {{ContextLength}}, tokensPerMicroBatch: 40, {{Of(row, Documents)}}}
            teacher:
              load: {{teacher}}
              {{(Of(row, "scores") == "kept" ? $"scores: {teacher}-scores-{PlaceOf(row, Documents)}" : "")}}
            student:
              {{Line("temperatures")}}
              {{Line("conditioning")}}
              {{Line("start")}}
              lengths: {{Of(row, "lengths")}}
              gradientCheckpointing: {{Of(row, "gradientCheckpointing")}}
              objective: {{Of(row, "objective")}}
              source: {{Of(row, "source")}}
              training: {steps: 2, sequencesPerStep: 6, warmupSteps: 0}
            evaluation:
              everySamples: 2
              maxTokens: 3
              teacherTemperatures: [1.0]
              {{Of(row, "evaluation")}}
            checkpoint: {everySteps: 1}
            distributed: {shardOptimizer: {{Of(row, "shardOptimizer")}}, compression: {{Of(row, "compression")}}, bucketMegabytes: 0.002}
            """;
    }
}
