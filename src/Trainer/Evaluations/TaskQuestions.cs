using Lhts.Data.Parquet;
using Lhts.Data.Preparing;
using Lhts.Evaluation.Analogies;
using Lhts.Evaluation.Tasks;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Evaluations;

/// <summary>Finds the questions of a task.</summary>
internal static class TaskQuestions
{
    /// <summary>The questions of a recipe's task, and where they are.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="InvalidDataException">They cannot be read, or lack a column.</exception>
    public static (string Path, IReadOnlyList<TaskItem> Items) Of(Recipe recipe, TaskRecipe task, CancellationToken stop)
    {
        var path = task.Path ?? PrepareOptions.HeldOutOf(recipe.Data.Path);
        return (path, Read(path, task.Questions, (ulong)recipe.Seed, recipe.Data.PromptColumn ?? DefaultPromptColumn, recipe.Data.TextColumn, stop));
    }

    /// <summary>The column of prompts where nothing names it.</summary>
    public const string DefaultPromptColumn = "prompt";

    /// <summary>Whether a path is a file of word analogies, such as questions-words.txt, from which questions are built.</summary>
    public static bool AreAnalogies(string path) => System.IO.Path.GetExtension(path) == ".txt";

    /// <summary>Tokens of an answer at most where nothing says so: those of the paper for word analogies, null for any number.</summary>
    public static int? TokensOf(string? path) => path is not null && AreAnalogies(path) ? AnalogyOptions.AnswerTokens : null;

    /// <summary>The questions of JSON Lines, of word analogies, or of Parquet files with a column of prompts and one of answers.</summary>
    /// <param name="path">A file of JSON Lines (.jsonl, .ndjson), of word analogies (.txt), or Parquet: a file, a folder or a glob.</param>
    /// <param name="count">The first so many, null for all; of analogies of each category and kind, null for the paper's.</param>
    /// <param name="seed">Of the questions that are built from analogies.</param>
    /// <param name="promptColumn">Of Parquet.</param>
    /// <param name="textColumn">Of Parquet: the right answers.</param>
    /// <param name="stop">Ends the reading.</param>
    public static IReadOnlyList<TaskItem> Read(string path, int? count, ulong seed, string promptColumn, string textColumn, CancellationToken stop)
    {
        if (AreAnalogies(path)) return OfAnalogies(path, count, seed);
        if (File.Exists(path) && System.IO.Path.GetExtension(path) is ".jsonl" or ".ndjson") return [.. TaskFile.Read(path).Take(count ?? int.MaxValue)];
        using var data = DataSet.Open(new DataOptions { Path = path, TextColumn = textColumn, PromptColumn = promptColumn }, stop);
        TaskItem[] items = [.. data.ReadPrompts(stop).Take(count ?? int.MaxValue).Select(row => new TaskItem(row.Prompt, row.Text))];
        var empty = Array.FindIndex(items, item => string.IsNullOrWhiteSpace(item.Prompt) || string.IsNullOrWhiteSpace(item.Answer));
        if (empty >= 0) throw new InvalidDataException($"'{path}': question {empty} has an empty prompt or answer. Mend or remove the row.");
        return items.Length > 0 ? items : throw new InvalidDataException($"'{path}' has no questions: every answer is null.");
    }

    private static IReadOnlyList<TaskItem> OfAnalogies(string path, int? count, ulong seed)
    {
        var options = new AnalogyOptions { Seed = seed };
        return AnalogyQuestions.Build(AnalogyFile.Read(path), options with { QuestionsPerCategory = count ?? options.QuestionsPerCategory });
    }
}
