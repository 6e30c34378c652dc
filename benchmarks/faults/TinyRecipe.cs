namespace Lhts.Faults.Benchmarks;

/// <summary>A small text and a recipe: steps of milliseconds, a checkpoint every third, failures found within seconds.</summary>
internal static class TinyRecipe
{
    /// <summary>How long a link is down: longer than it takes all to notice.</summary>
    public static TimeSpan Outage { get; } = TimeSpan.FromSeconds(4);

    /// <summary>Steps between two checkpoints.</summary>
    public const int CheckpointEvery = 3;

    private const string Words = "and the lord said unto them go ye into all the land that is before you";

    // Two steps before a fault, up to three until the next checkpoint, one after, and what is not made again.
    private const int StepsOfAFault = 10;

    /// <summary>Writes text.txt, undisturbed.yaml and disturbed.yaml, with steps enough for some faults.</summary>
    public static void Write(string folder, int numFaults)
    {
        var (words, random) = (Words.Split(' '), new Random(7));
        var documents = Enumerable.Range(0, 400).Select(i => string.Join(' ', Enumerable.Range(0, 8 + (i % 23)).Select(_ => words[random.Next(words.Length)])));
        File.WriteAllText(Path.Combine(folder, "text.txt"), string.Join("\n\n", documents));
        foreach (var name in new[] { "undisturbed", "disturbed" })
        {
            File.WriteAllText(Path.Combine(folder, $"{name}.yaml"), Recipe(name, (numFaults + 3) * StepsOfAFault));
        }
    }

    private static string Recipe(string name, int numSteps) => $$"""
        name: faults
        output: {{name}}
        threads: 1
        data: {path: parquet, prepare: {source: text.txt, rowGroupRows: 16}, contextLength: 32, longDocuments: split, tokensPerMicroBatch: 96}
        teacher:
          model: {layers: 2, heads: 2, width: 32}
          training: {steps: 3, sequencesPerStep: 9, learningRate: 3e-3, warmupSteps: 2}
        student:
          temperatures: {min: 0.5, max: 1.1}
          training: {steps: {{numSteps}}, sequencesPerStep: 9, learningRate: 1e-3, warmupSteps: 5}
        evaluation: {samples: 2, maxTokens: 8, studentTemperatures: [1.0], teacherTemperatures: [1.0]}
        checkpoint: {everySteps: {{CheckpointEvery}}}
        distributed: {maxRestarts: 1000, heartbeatTimeout: 2, collectiveTimeout: 20, rendezvousTimeout: 60}
        """;
}
