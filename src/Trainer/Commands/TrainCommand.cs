using System.CommandLine;
using Lhts.Trainer.Hosting;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts train RECIPE</c>.</summary>
internal static class TrainCommand
{
    public static Command Build()
    {
        var recipe = new Argument<string>("recipe") { Description = "The recipe, a YAML file; see recipes/ and docs/recipes.md." };
        var command = new Command(
            "train",
            "Run a recipe: prepare the data, train the teacher, fine-tune the student, evaluate. Stages whose results are there are skipped; "
            + "a run that was stopped (Ctrl-C, SIGTERM: exit code 3) goes on with the same command.")
        {
            recipe,
        };
        command.SetAction((arguments, cancellation) => TrainingHost.RunAsync(RecipeReader.Read(arguments.GetRequiredValue(recipe)), cancellation));
        return command;
    }
}
