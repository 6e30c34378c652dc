using System.CommandLine;
using Lhts.Data.Parquet;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts validate RECIPE</c>.</summary>
internal static class ValidateCommand
{
    public static Command Build()
    {
        var recipe = new Argument<string>("recipe") { Description = "The recipe, a YAML file." };
        var command = new Command("validate", "Check a recipe and the data that it names, and print it with every value.") { recipe };
        command.SetAction(arguments => Run(arguments.GetRequiredValue(recipe)));
        return command;
    }

    private static int Run(string path)
    {
        var recipe = RecipeReader.Read(path);
        Console.Write(RecipeReader.Write(recipe));
        var isMade = recipe.Data.Prepare is not null && !Path.Exists(recipe.Data.Path);
        if (!isMade)
        {
            using var data = DataSet.Open(new DataOptions { Path = recipe.Data.Path, TextColumn = recipe.Data.TextColumn });
            Console.WriteLine($"# data: {data.NumDocuments:N0} documents in {data.Manifest.Shards.Length} files");
        }
        else
        {
            Console.WriteLine($"# data: '{recipe.Data.Path}' is made from '{recipe.Data.Prepare!.Source}' when the run starts");
        }

        if (recipe.Teacher.Scores is { } scores)
        {
            var isThere = File.Exists(Path.Combine(scores, Lhts.Data.Scores.ScoreManifest.FileName));
            Console.WriteLine($"# the teacher's scores {(isThere ? "are" : "are not yet")} in '{scores}'{(isThere ? "" : $": 'lhts data score {path}' makes them")}");
        }

        Console.WriteLine($"# the run folder is '{RunFolder.Of(recipe).Path}'");
        Console.WriteLine($"# '{path}' is valid");
        return ExitCode.Done;
    }
}
