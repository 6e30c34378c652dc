using System.Globalization;
using System.Text;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>One thing that is wrong in a recipe.</summary>
/// <param name="Position">Where, or null when it concerns the file as a whole.</param>
/// <param name="Message">What was given, what is expected and what to do, in one line.</param>
public sealed record RecipeError(SourcePosition? Position, string Message);

/// <summary>A recipe that cannot be used, with everything that is wrong in it, in the order of the file.</summary>
public sealed class RecipeException : Exception
{
    /// <summary>Makes the exception; the message is a heading and one line for each error.</summary>
    /// <param name="file">The file as the user named it.</param>
    /// <param name="errors">At least one error.</param>
    public RecipeException(string file, IEnumerable<RecipeError> errors)
        : this(file, [.. errors.OrderBy(error => error.Position ?? default)])
    {
    }

    private RecipeException(string file, IReadOnlyList<RecipeError> errors)
        : base(Describe(file, errors))
    {
        File = file;
        Errors = errors;
    }

    /// <summary>The file as the user named it.</summary>
    public string File { get; }

    /// <summary>What is wrong, in the order of the file.</summary>
    public IReadOnlyList<RecipeError> Errors { get; }

    private static string Describe(string file, IReadOnlyList<RecipeError> errors)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{file}: {errors.Count} {(errors.Count == 1 ? "error" : "errors")}");
        foreach (var error in errors)
        {
            var place = error.Position is { } at ? at.Describe(file) : file;
            text.Append(CultureInfo.InvariantCulture, $"\n  {place}: {error.Message}");
        }

        return text.ToString();
    }
}
