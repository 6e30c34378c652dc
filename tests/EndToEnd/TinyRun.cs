using System.Text;
using Lhts.Testing;

namespace Lhts.EndToEnd.Tests;

/// <summary>A folder with a small text, and a recipe that trains tiny models on it in a few seconds.</summary>
internal sealed class TinyRun : IDisposable
{
    private static readonly string[] Vocabulary =
        "and the lord said unto them go ye into all the land that is before you for it shall be given to your children".Split(' ');

    public TinyRun()
    {
        Folder = Directory.CreateTempSubdirectory("lhts-").FullName;
        File.WriteAllText(Path.Combine(Folder, "text.txt"), Text(numDocuments: 120));
        File.WriteAllText(RecipePath, Recipe());
    }

    public string Folder { get; }

    public string RecipePath => Path.Combine(Folder, "recipe.yaml");

    /// <summary>The recipe, with what a test changes.</summary>
    public static string Recipe(
        string output = "run", string teacherSteps = "60", string studentSteps = "40", string temperatures = "{min: 0.5, max: 1.1}", string dropout = "0.1",
        string port = "null", string every = "null", string extra = "", string? student = null) => $$"""
        name: tiny
        output: {{output}}
        threads: 1
        data:
          path: parquet
          prepare: {source: text.txt, rowGroupRows: 16}
          contextLength: 32
          longDocuments: split
          tokensPerMicroBatch: 128
        teacher:
          model: {layers: 2, heads: 2, width: 32, dropout: {{dropout}}}
          training: {steps: {{teacherSteps}}, sequencesPerStep: 8, learningRate: 3e-3, warmupSteps: 5}
        student:
          {{student ?? $"temperatures: {temperatures}"}}
          training: {steps: {{studentSteps}}, sequencesPerStep: 8, learningRate: 1e-3, warmupSteps: 5}
        evaluation: {every: {{every}}, everySamples: 3, samples: 4, maxTokens: 16, studentTemperatures: [1.0, 0.5], teacherTemperatures: [1.0, 0.5]}
        checkpoint: {everySteps: 7}
        telemetry: {port: {{port}}}
        {{extra}}
        """;

    public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    public LhtsProcess Start(params string[] arguments) => LhtsProcess.Start(Folder, arguments);

    public LhtsResult Run(params string[] arguments) => Start(arguments).Wait();

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Text(int numDocuments)
    {
        var text = new StringBuilder();
        var state = 12345u;
        for (var document = 0; document < numDocuments; document++)
        {
            for (var word = 0; word < 8 + (document % 23); word++)
            {
                state = (state * 1664525) + 1013904223;
                text.Append(Vocabulary[state % (uint)Vocabulary.Length]).Append(' ');
            }

            text.Append("\n\n");
        }

        return text.ToString();
    }
}
