using System.CommandLine;
using Lhts.Telemetry.Progress;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;
using Lhts.Trainer.Stages;
using TorchSharp;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts data score RECIPE</c>.</summary>
internal static class DataScoreCommand
{
    public static Command Build()
    {
        var recipe = new RecipeArguments();
        var command = new Command(
            "score",
            "Keep the teacher's log-probs of every token of a recipe's data in Parquet files, so that training need not compute them: teacher.scores is the "
            + "folder to make. "
            + "Complete or not there at all; when stopped (Ctrl-C, SIGTERM: exit code 3), the same command goes on with the next file.");
        recipe.AddTo(command);
        command.SetAction(arguments => Run(recipe.Open(arguments), recipe.PathOf(arguments)));
        return command;
    }

    private static int Run(BoundRecipe<Recipe> bound, string path)
    {
        using var signals = new StopSignals();
        var recipe = bound.Value;
        if (recipe.Teacher.Scores is not { } output)
        {
            throw new InvalidDataException($"'{path}' has no teacher.scores. Set it to the folder that the scores are to be written to.");
        }

        Prerequisites.Check(bound);
        if (recipe.Threads > 0) torch.set_num_threads(recipe.Threads);
        var reporter = ProgressReporters.ForErrors(TimeProvider.System);
        var teacher = TeacherOf(recipe, path);
        DataStage.PrepareIfMissing(recipe.Data, reporter, signals.Token);
        var made = TeacherScores.Write(recipe, teacher, output, reporter, signals.Token);
        Console.WriteLine(
            made.Tokens == 0 ? $"The scores of {made.Documents:N0} documents are in '{output}' already."
                : $"{made.Documents:N0} documents, {made.Tokens:N0} tokens scored, in '{output}'");
        return ExitCode.Done;
    }

    private static string TeacherOf(Recipe recipe, string path)
    {
        if (recipe.Teacher.Load is { } loaded) return loaded;
        var folder = RunFolder.Of(recipe).Stage("teacher");
        return folder.IsDone
            ? folder.Model
            : throw new InvalidDataException(
                $"The teacher of '{path}' is not trained yet. Run 'lhts train {path}': it trains the teacher and then asks for the scores.");
    }
}
