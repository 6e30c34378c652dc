using Lhts.Data.Tokenizers;
using Lhts.Evaluation.Tasks;
using Lhts.Models.Gpt;
using Lhts.Telemetry;

namespace Lhts.Trainer.Evaluations;

/// <summary>Asks a teacher and its student the questions of a task by every method, and shows how far it is.</summary>
internal static class TaskMeasurer
{
    /// <summary>The names of the table's files in the folder of a run's evaluation.</summary>
    public const string JsonName = "task.json", TextName = "task.txt";

    /// <summary>A row for each method, group by group of the questions.</summary>
    /// <param name="name">The models' name in the table.</param>
    /// <param name="teacher">The model p.</param>
    /// <param name="student">The model of p_T; null where there is none, and no method that needs it.</param>
    /// <param name="tokenizer">Of both.</param>
    /// <param name="items">The questions.</param>
    /// <param name="checker">The name of how answers are checked.</param>
    /// <param name="options">The methods.</param>
    /// <param name="progress">Shows the work.</param>
    /// <param name="stop">Ends the work between two tokens.</param>
    /// <param name="only">The methods, in place of those of the options. Default: those.</param>
    public static IReadOnlyList<TaskRow> Measure(
        string name, Gpt2 teacher, Gpt2? student, ITokenizer tokenizer, IReadOnlyList<TaskItem> items, string checker, TaskOptions options,
        IProgressReporter progress, CancellationToken stop, IReadOnlyList<TaskMethod>? only = null)
    {
        var evaluation = new TaskEvaluation(
            teacher, student, text => [tokenizer.EndOfText, .. tokenizer.Encode(text)], tokens =>
                tokenizer.Decode(tokens), AnswerCheckers.Of(checker), options);
        TaskMethod[] methods = [.. only ?? [.. options.Methods()]];
        var asked = (from part in items.GroupBy(item => item.Group) from method in methods select (Items: part.ToArray(), Method: method)).ToArray();
        var (rows, numDone) = (new List<TaskRow>(), 0L);
        using var work = progress.Begin("task", asked.Sum(part => (long)part.Items.Length * evaluation.NumAnswers(part.Method)), "answers");
        foreach (var (questions, method) in asked)
        {
            var drawn = new SynchronousProgress<int>(answers => work.Report(numDone + answers, Last(rows)));
            rows.Add(evaluation.Run(name, questions, method, drawn, stop) with { Group = questions[0].Group });
            work.Report(numDone += questions.Length * evaluation.NumAnswers(method), Last(rows));
        }

        return rows;
    }

    /// <summary>The accuracy of the method that was done last.</summary>
    private static ReadOnlySpan<ProgressFigure> Last(List<TaskRow> rows) =>
        rows.Count == 0 ? [] : new ProgressFigure[] { new("accuracy", rows[^1].Accuracy.Value) };

    /// <summary>The table and its comparisons as they are shown.</summary>
    public static string Describe(TaskTable table) =>
        $"{table.Task}, checked by {table.Checker}; ± is one standard error, by question\n{table.ToText()}\n{table.ComparisonsToText()}";
}
