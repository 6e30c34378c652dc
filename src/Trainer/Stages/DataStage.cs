using Lhts.Data.Parquet;
using Lhts.Data.Preparing;
using Lhts.Data.Preparing.Tasks;
using Lhts.Data.Tokenizers;
using Lhts.Telemetry;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Stages;

/// <summary>Makes the Parquet shards that are not there yet, opens them, and finds or makes the tokenizer.</summary>
public static class DataStage
{
    /// <summary>The name of the King James Bible as a source.</summary>
    public const string KingJames = "king-james";

    /// <summary>The name of arithmetic chains as a source.</summary>
    public const string ArithmeticChains = "arithmetic-chains";

    /// <summary>The name of countdown as a source.</summary>
    public const string Countdown = "countdown";

    private const string Text8 = "text8";

    /// <summary>Prepares the shards, if the recipe says how and they are missing, and opens them.</summary>
    /// <exception cref="InvalidDataException">The data cannot be used, or is not what the run began with; the message says what changed.</exception>
    public static DataSet Open(Recipe recipe, RunFolder folder, Reporting reporting, CancellationToken stop)
    {
        reporting.Health.ReportWork("the preparation of data");
        PrepareIfMissing(recipe.Data, reporting.Progress, stop, reporting.Health.ReportSign);
        var opened = DataSet.Open(OptionsOf(recipe.Data), stop);
        try
        {
            if (File.Exists(folder.DataManifest)) ManifestFile.RequireSame(ManifestFile.Load(folder.DataManifest), opened.Manifest);
            else ManifestFile.Save(opened.Manifest, folder.DataManifest);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Prepares the shards, if the recipe says how and they are missing; a sign is given for each row group.</summary>
    public static void PrepareIfMissing(DataRecipe data, IProgressReporter progress, CancellationToken stop, Action? sign = null)
    {
        if (data.Prepare is { } prepare && !IsThere(data.Path)) Prepare(OptionsOf(prepare, data.Path, data), progress, stop, sign);
    }

    /// <summary>Prepares shards and shows how far it is.</summary>
    public static PrepareProgress Prepare(PrepareOptions options, IProgressReporter progress, CancellationToken stop, Action? sign = null)
    {
        using var work = progress.Begin("preparing text", total: null, "documents");
        return DataPreparer.Prepare(
            options,
            new SynchronousProgress<PrepareProgress>(p =>
            {
                sign?.Invoke();
                work.Report(p.Documents, new ProgressFigure("text", p.TextBytes, FigureStyle.Count));
            }),
            stop);
    }

    /// <summary>The data set that a recipe describes.</summary>
    public static DataOptions OptionsOf(DataRecipe data) => new() { Path = data.Path, TextColumn = data.TextColumn, PromptColumn = data.PromptColumn };

    /// <summary>Whether a source is a file or a folder, and no name of what is made.</summary>
    public static bool IsFile(string source) => source is not (KingJames or ArithmeticChains or Countdown);

    /// <summary>The task that a source's name stands for, made as a recipe says or else as by default; null where it is none.</summary>
    public static TaskDataOptions? TaskOf(string? source, PrepareRecipe? prepare = null) => source switch
    {
        ArithmeticChains => (prepare?.Chains ?? new ChainRecipe()).Options,
        Countdown => (prepare?.Countdown ?? new CountdownRecipe()).Options,
        _ => null,
    };

    /// <summary>The preparation that a recipe describes.</summary>
    public static PrepareOptions OptionsOf(PrepareRecipe prepare, string output, DataRecipe data) => new()
    {
        Source = IsFile(prepare.Source) ? prepare.Source : null,
        Task = TaskOf(prepare.Source, prepare),
        Output = output,
        Layout = prepare.Layout,
        TextField = prepare.TextField,
        PromptField = prepare.PromptField,
        TextColumn = data.TextColumn,
        PromptColumn = data.PromptColumn ?? new PrepareOptions { Output = output }.PromptColumn,
        RowGroupRows = prepare.RowGroupRows,
        MaxRowBytes = prepare.RowBytes,
    };

    /// <summary>The tokenizer of the run: one that is given or the loaded teacher's, the one that an earlier start made, or a new one.</summary>
    public static ITokenizer Tokenizer(Recipe recipe, RunFolder folder, DataSet data, Reporting reporting, CancellationToken stop)
    {
        if ((recipe.Tokenizer.Load ?? recipe.Teacher.Load) is { } given) return TokenizerLoader.Load(given);
        if (recipe.Tokenizer.Kind == TokenizerKind.Bytes) return Saved(new ByteTokenizer(), folder);
        if (recipe.Tokenizer.Alphabet is { } alphabet)
        {
            return Saved(new CharacterTokenizer(alphabet == Text8 ? CharacterTokenizer.Text8Alphabet : alphabet), folder);
        }

        if (File.Exists(Path.Combine(folder.Tokenizer, TokenizerLoader.FileName))) return TokenizerLoader.Load(folder.Tokenizer);
        reporting.Health.ReportWork("the search for the alphabet");
        var texts = data.ReadTexts(stop);
        return Saved(recipe.Tokenizer.Kind == TokenizerKind.Words ? WordTokenizer.FromTexts(texts) : CharacterTokenizer.FromTexts(texts), folder);
    }

    private static ITokenizer Saved(ITokenizer tokenizer, RunFolder folder)
    {
        Directory.CreateDirectory(folder.Tokenizer);
        tokenizer.Save(folder.Tokenizer);
        return tokenizer;
    }

    private static bool IsThere(string path) => File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any());
}
