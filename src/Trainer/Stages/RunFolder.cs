using System.Globalization;
using Lhts.Basics;
using Lhts.Trainer.Ownership;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Stages;

/// <summary>The paths of a run's folder: recipe.yaml, starts, owner/, metrics.jsonl, tokenizer/, teacher/, student/, evaluation/.</summary>
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

    /// <summary>How often the run was started before it was done, as a number.</summary>
    private string Starts => System.IO.Path.Combine(Path, "starts");

    /// <summary>A stage's folder.</summary>
    public StageFolder Stage(string name) => new(System.IO.Path.Combine(Path, name), Owner) { StartsOver = StartsOver };

    /// <summary>Whether stages begin anew where all of their checkpoints are damaged. Default false.</summary>
    public bool StartsOver { get; init; }


    /// <summary>The right to publish here. Default unchecked: this process publishes nothing, or is not the one that does.</summary>
    public RunOwner Owner { get; private set; } = RunOwner.Unchecked;

    /// <summary>The folder of a recipe.</summary>
    public static RunFolder Of(Recipe recipe, bool startsOver = false) =>
        new(recipe.Output ?? System.IO.Path.Combine("runs", recipe.Name)) { StartsOver = startsOver };

    /// <summary>Times that the run was taken up again before it was done.</summary>
    public long Restarts => Math.Max(0, NumStarts - 1);

    /// <summary>Whether all of it is done; a command then only shows it.</summary>
    public bool IsDone => Stage("evaluation").IsDone;

    /// <summary>Whether a run was ever started here; a recipe alone may be its writer's own.</summary>
    public bool IsRun => File.Exists(Recipe) && File.Exists(Starts);

    /// <summary>Whether a stage has saved steps of its own.</summary>
    public bool HasCheckpoint => Directory.Exists(Path) && Directory.EnumerateDirectories(Path)
        .Select(folder => Stage(System.IO.Path.GetFileName(folder)).Checkpoints)
        .Any(folder => Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any());

    private string? earlier;

    private long NumStarts => File.Exists(Starts) && long.TryParse(File.ReadAllText(Starts), CultureInfo.InvariantCulture, out var count) ? count : 0;

    /// <summary>Makes the folder this process's own, until the owner is disposed.</summary>
    /// <param name="silence">How long this process may be silent before another takes over.</param>
    /// <param name="time">The clock.</param>
    /// <param name="say">Told whom this process waits for.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="FolderTakenException">Another run goes on in it.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Take(TimeSpan silence, TimeProvider time, Action<string> say, CancellationToken stop) =>
        Write(() => Owner = RunOwner.Take(Path, silence, time, say, stop));

    /// <summary>Makes the folder and saves the recipe in it, with paths that hold from every working folder. Counts as a start of the run.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Create(Recipe recipe) => Write(() =>
    {
        Directory.CreateDirectory(Path);
        CountStart();
        earlier = File.Exists(Recipe) ? File.ReadAllText(Recipe) : null;
        AtomicFile.WriteAllText(Recipe, RecipeReader.Write(RecipePaths.Absolute(recipe) with { Output = System.IO.Path.GetFullPath(Path) }));
    });

    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The run folder '{Path}' cannot be written: {failure.Message} Set 'output' to a folder that can.", failure);
        }
    }

    /// <summary>Puts the recipe back that was there: this one was refused, and the folder is to go on with its own.</summary>
    public void RestoreRecipe()
    {
        if (earlier is { } text) AtomicFile.WriteAllText(Recipe, text);
    }

    /// <summary>A command that finds the run done only shows it, and is no restart.</summary>
    private void CountStart()
    {
        if (IsDone) return;
        var text = (NumStarts + 1).ToString(CultureInfo.InvariantCulture) + "\n";
        AtomicFile.WriteAllText(Starts, text);
    }
}
