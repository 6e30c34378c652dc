using System.CommandLine;
using Lhts.Data.Parquet;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts validate RECIPE</c>.</summary>
internal static class ValidateCommand
{
    public static Command Build()
    {
        var recipe = new RecipeArguments();
        var command = new Command("validate", "Check a recipe and what it names (data, models, device), and print it with every value.");
        recipe.AddTo(command);
        command.SetAction(arguments => Run(recipe.Open(arguments), recipe.PathOf(arguments)));
        return command;
    }

    private static int Run(BoundRecipe<Recipe> bound, string path)
    {
        var recipe = bound.Value;
        Prerequisites.Check(bound);
        Console.Write(RecipeReader.Write(recipe));
        foreach (var file in bound.Bases) Console.WriteLine($"# base: '{file}'");
        var isMade = recipe.Data.Prepare is not null && !Path.Exists(recipe.Data.Path);
        if (!isMade)
        {
            using var data = DataSet.Open(DataStage.OptionsOf(recipe.Data));
            Console.WriteLine($"# data: {data.NumDocuments:N0} documents in {data.Manifest.Shards.Length} files");
            foreach (var line in DataSummary.Of(recipe, data, DataSummary.TokenizerOf(recipe), CancellationToken.None)) Console.WriteLine($"# {line}");
        }
        else
        {
            Console.WriteLine($"# data: '{recipe.Data.Path}' is made from '{recipe.Data.Prepare!.Source}' when the run starts");
        }

        if (recipe.Teacher.Scores is { } scores)
        {
            var isThere = File.Exists(Path.Combine(scores, Lhts.Data.Scores.ScoreManifest.FileName));
            Console.WriteLine(
                $"# the teacher's scores {(isThere ? "are" : "are not yet")} in '{scores}'{(isThere ? "" : $": 'lhts data score {path}' makes them")}");
        }

        Console.WriteLine($"# the run folder is '{RunFolder.Of(recipe).Path}'");
        Console.WriteLine($"# '{path}' is valid");
        return ExitCode.Done;
    }
}
