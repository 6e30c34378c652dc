using Lhts.Basics;
using Lhts.Evaluation.Tasks;
using Lhts.Models.Gpt;
using Lhts.Trainer.Evaluations;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Stages;

/// <summary>The task of an evaluation: accuracy of teacher and student by every method, in task.txt and task.json.</summary>
internal static class TaskStep
{
    /// <summary>Asks the questions, if the recipe names a task.</summary>
    public static void Run(StageContext context, Gpt2 teacher, Gpt2 student, StageFolder folder, CancellationToken stop)
    {
        var recipe = context.Recipe;
        if (recipe.Evaluation.Task is not { } task) return;
        context.Reporting.Health.ReportWork("the task");
        var (path, items) = TaskQuestions.Of(recipe, task, stop);
        var options = OptionsOf(recipe, task, context.Tokenizer.EndOfText);
        var rows = TaskMeasurer.Measure("p", teacher, student, context.Tokenizer, items, task.Checker, options, context.Reporting.Progress, stop);
        Write(folder.Path, new TaskTable(path, task.Checker, rows));
    }

    /// <summary>
    /// How a recipe's task is asked: the student at the temperatures of the evaluation, answers of a fixed length where documents do not end.
    /// </summary>
    public static TaskOptions OptionsOf(Recipe recipe, TaskRecipe task, int endOfText) => task.Options with
    {
        StudentTemperatures = EvaluationSettings.TemperaturesOf(recipe),
        EndOfText = recipe.Data.EndWithEndOfText ? endOfText : null,
        Seed = (ulong)recipe.Seed,
    };

    /// <summary>Writes the table into a folder, each file in one step.</summary>
    public static void Write(string folder, TaskTable table)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.WriteAllText(Path.Combine(folder, TaskMeasurer.JsonName), table.ToJson());
        AtomicFile.WriteAllText(Path.Combine(folder, TaskMeasurer.TextName), TaskMeasurer.Describe(table));
    }

    /// <summary>Prints what a finished evaluation found, if it had a task.</summary>
    public static void Show(StageContext context, StageFolder folder)
    {
        var path = Path.Combine(folder.Path, TaskMeasurer.TextName);
        if (context.Recipe.Evaluation.Task is not null && File.Exists(path)) context.Reporting.Progress.WriteLine(File.ReadAllText(path));
    }
}
