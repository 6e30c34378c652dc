using System.CommandLine;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Commands;

/// <summary>How a command is told its recipe: a file or a run folder, and values in place of the file's.</summary>
internal sealed class RecipeArguments
{
    private readonly Argument<string> recipe =
        new("recipe") { Description = "The recipe, a YAML file (see recipes/ and docs/recipes.md), or the folder of a run." };

    private readonly Option<string[]> set = new("--set")
    {
        Description = "A value in place of the recipe's, as --set student.training.steps=50; may stand several times.",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> output = new("--output", "-o") { Description = "The run folder, in place of the recipe's." };

    private readonly Option<string?> device = DeviceOption.Build("the recipe's");

    /// <summary>Gives a command these arguments.</summary>
    public void AddTo(Command command)
    {
        command.Add(recipe);
        command.Add(set);
        command.Add(output);
        command.Add(device);
    }

    /// <summary>The recipe as it was named.</summary>
    public string PathOf(ParseResult arguments) => arguments.GetRequiredValue(recipe);

    /// <summary>Reads the recipe that the command was given.</summary>
    /// <exception cref="RecipeException">Something in it or on the command line is wrong; all of it is named.</exception>
    /// <exception cref="InvalidDataException">It is a folder, but not of a run.</exception>
    public BoundRecipe<Recipe> Open(ParseResult arguments)
    {
        var overrides = arguments.GetRequiredValue(set).Select(YamlOverride.OfAssignment).ToList();
        if (arguments.GetValue(output) is { } folder) overrides.Add(new YamlOverride("--output", "output", folder) { IsText = true });
        if (arguments.GetValue(device) is { } name) overrides.Add(new YamlOverride(DeviceOption.Name, "device", name) { IsText = true });
        return Open(PathOf(arguments), overrides);
    }

    /// <summary>Reads a recipe, or that of a run folder, whose output the folder then is.</summary>
    /// <exception cref="RecipeException">Something in it or on the command line is wrong; all of it is named.</exception>
    /// <exception cref="InvalidDataException">It is a folder, but not of a run.</exception>
    public static BoundRecipe<Recipe> Open(string path, params IReadOnlyList<YamlOverride> overrides)
    {
        if (!Directory.Exists(path)) return RecipeReader.Open(path, overrides);
        var folder = new RunFolder(path);
        return folder.IsRun
            ? RecipeReader.Open(folder.Recipe, [new YamlOverride("the run folder", "output", path) { IsText = true }, .. overrides])
            : throw new InvalidDataException($"'{path}' is no run folder: nothing was trained in it. Give the folder that 'lhts train' made, or the recipe.");
    }
}
