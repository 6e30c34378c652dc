using Lhts.Models;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Stages;

/// <summary>The paths of a run's folder: recipe.yaml, metrics.jsonl, tokenizer/, teacher/, student/, evaluation/.</summary>
public sealed class RunFolder(string path)
{
    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>The recipe with every value.</summary>
    public string Recipe => System.IO.Path.Combine(Path, "recipe.yaml");

    /// <summary>The figures of every step.</summary>
    public string Metrics => System.IO.Path.Combine(Path, Telemetry.MetricsFile.FileName);

    /// <summary>The page that shows the run.</summary>
    public string Report => System.IO.Path.Combine(Path, Telemetry.RunReport.FileName);

    /// <summary>The files, row groups and fingerprint of the data that the run began with.</summary>
    public string DataManifest => System.IO.Path.Combine(Path, "data.json");

    /// <summary>The tokenizer of a run that makes its own.</summary>
    public string Tokenizer => System.IO.Path.Combine(Path, "tokenizer");

    /// <summary>A stage's folder.</summary>
    public StageFolder Stage(string name) => new(System.IO.Path.Combine(Path, name));

    /// <summary>The folder of a recipe.</summary>
    public static RunFolder Of(Recipe recipe) => new(recipe.Output ?? System.IO.Path.Combine("runs", recipe.Name));

    /// <summary>Makes the folder and saves the recipe in it.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Create(Recipe recipe)
    {
        try
        {
            Directory.CreateDirectory(Path);
            AtomicFile.Write(Recipe, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(RecipeReader.Write(recipe))));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The run folder '{Path}' cannot be written: {failure.Message} Set 'output' to a folder that can.", failure);
        }
    }
}
