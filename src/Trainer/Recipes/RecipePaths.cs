using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Recipes;

/// <summary>
/// Where the files that a recipe names are: <c>data.path</c>, <c>data.prepare.source</c>, <c>tokenizer.load</c>, <c>teacher.load</c> and <c>teacher.scores</c>
/// are looked for in the folder of the file that names them first, then in the working folder. What is in neither is made in the working folder, where
/// <c>output</c> is too.
/// </summary>
public static class RecipePaths
{
    private static readonly char[] Wildcards = ['*', '?', '['];

    /// <summary>The recipe with the paths of what lies beside its file.</summary>
    public static BoundRecipe<Recipe> Find(BoundRecipe<Recipe> bound)
    {
        var found = Map(bound.Value, (key, path) => Find(bound, key, path));
        return bound.With(found with { Output = found.Output is { } output ? WithoutDetours(output) : null });
    }

    /// <summary>The recipe with paths that mean the same in every working folder.</summary>
    public static Recipe Absolute(Recipe recipe) => Map(recipe, (_, path) => Path.GetFullPath(path));

    /// <summary>The recipe with names in place of paths, which may differ between the hosts of one run.</summary>
    public static Recipe NamesOnly(Recipe recipe) => Map(recipe, (_, path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path)));

    private static Recipe Map(Recipe recipe, Func<string, string, string> map)
    {
        string? Optional(string key, string? path) => string.IsNullOrEmpty(path) ? path : map(key, path);
        var data = recipe.Data with { Path = Optional("data.path", recipe.Data.Path)! };
        if (data.Prepare is { } prepare && Stages.DataStage.IsFile(prepare.Source))
        {
            data = data with { Prepare = prepare with { Source = Optional("data.prepare.source", prepare.Source)! } };
        }

        return recipe with
        {
            Data = data,
            Evaluation = recipe.Evaluation with
            {
                Task = recipe.Evaluation.Task is { } task ? task with { Path = Optional("evaluation.task.path", task.Path) } : null,
            },
            Tokenizer = recipe.Tokenizer with { Load = Optional("tokenizer.load", recipe.Tokenizer.Load) },
            Teacher = recipe.Teacher with
            {
                Load = Optional("teacher.load", recipe.Teacher.Load), Scores = Optional("teacher.scores", recipe.Teacher.Scores),
            },
        };
    }

    private static string Find(BoundRecipe<Recipe> bound, string key, string path)
    {
        var place = bound.Sources.Find(key);
        if (Path.IsPathRooted(path) || place.IsOption) return WithoutDetours(path);
        var beside = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(place.Origin ?? bound.File))!, path));
        return Path.Exists(FixedPart(beside)) && beside != Path.GetFullPath(path) ? beside : WithoutDetours(path);
    }

    /// <summary>The path without steps back (..), which the system takes only behind folders that are there.</summary>
    private static string WithoutDetours(string path) =>
        path.Split('/').Contains("..") ? Path.GetRelativePath(Directory.GetCurrentDirectory(), Path.GetFullPath(path)) : path;

    /// <summary>The part of a glob that names a folder; any other path as it is.</summary>
    private static string FixedPart(string path)
    {
        var wildcard = path.IndexOfAny(Wildcards);
        return wildcard < 0 || Path.Exists(path) ? path : Path.GetDirectoryName(path[..wildcard]) ?? path;
    }
}
