using System.Text;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>
/// Reads YAML into records, strictly: a key that is not known, given twice or missing, and a value of the wrong type are errors, and all of
/// them are reported at once with their places. Supported are nested records with <c>init</c> properties, <c>bool</c>, <c>int</c>,
/// <c>long</c>,
/// <c>double</c>, <c>string</c>, enums, nullable ones of these, lists (<c>IReadOnlyList&lt;T&gt;</c> or <c>T[]</c>), and what a
/// <see cref="YamlConverter{T}"/> reads. Keys are the properties' names in camelCase; enum values are in kebab-case.
/// </summary>
public static class YamlBinder
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="RecipeException">The file cannot be read, or something in it is wrong.</exception>
    public static BoundRecipe<T> BindFile<T>(string path, YamlForm? form = null)
        where T : class
    {
        try
        {
            var text = File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return Bind<T>(text, path, form);
        }
        catch (DecoderFallbackException)
        {
            throw new RecipeException(path, [new(null, "the file is not UTF-8 text; save it as UTF-8.")]);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new RecipeException(path, [new(null, $"the file cannot be read: {failure.Message}")]);
        }
    }

    /// <summary>Reads text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="file">The name for messages.</param>
    /// <param name="form">What is read otherwise than by the plain rules. Default null: nothing.</param>
    /// <exception cref="RecipeException">Something in it is wrong.</exception>
    public static BoundRecipe<T> Bind<T>(string text, string file, YamlForm? form = null)
        where T : class
    {
        var errors = new ErrorList(file);
        var sources = new SourceMap();
        var root = YamlReader.Read(text, errors);
        object? value = null;
        if (root is not null) new NodeBinder(errors, sources, form ?? YamlForm.Plain).TryBind(typeof(T), root, "", out value);
        errors.ThrowIfAny();
        return new BoundRecipe<T>(file, (T)value!, sources);
    }
}

/// <summary>A record read from a file, with the places of its values.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Value">The record.</param>
/// <param name="Sources">Where its values stand.</param>
public sealed record BoundRecipe<T>(string File, T Value, SourceMap Sources)
    where T : class
{
    /// <summary>Starts checking the values; the errors will carry their places.</summary>
    public Validator Validate() => new(File, Sources);
}
