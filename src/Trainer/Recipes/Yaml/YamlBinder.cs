using System.Text;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>
/// Reads YAML into records, strictly: a key that is not known, given twice or missing, and a value of the wrong type are errors, and all of
/// them are reported at once with their places. Supported are nested records with <c>init</c> properties, <c>bool</c>, <c>int</c>,
/// <c>long</c>, <c>double</c>, <c>string</c>, enums, nullable ones of these, lists (<c>IReadOnlyList&lt;T&gt;</c> or <c>T[]</c>), and what a
/// <see cref="YamlConverter{T}"/> reads. Keys are the properties' names in camelCase; enum values are in kebab-case.
/// </summary>
public static class YamlBinder
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="RecipeException">The file cannot be read, or something in it is wrong.</exception>
    public static BoundRecipe<T> BindFile<T>(string path, YamlForm? form = null)
        where T : class => Complete(CollectFile<T>(path, [], form));

    /// <summary>Reads text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="file">The name for messages.</param>
    /// <param name="form">What is read otherwise than by the plain rules. Default null: nothing.</param>
    /// <exception cref="RecipeException">Something in it is wrong.</exception>
    public static BoundRecipe<T> Bind<T>(string text, string file, YamlForm? form = null)
        where T : class => Complete(Collect<T>(text, file, [], form));

    /// <summary>Reads a file as far as it goes: what is wrong is said by <see cref="Validator.ThrowIfAny"/>, together with what is wrong with values.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Values in place of the file's.</param>
    /// <param name="form">What is read otherwise than by the plain rules. Default null: nothing.</param>
    /// <exception cref="RecipeException">The file cannot be read, or is no group of keys.</exception>
    public static BoundRecipe<T> CollectFile<T>(string path, IReadOnlyList<YamlOverride> overrides, YamlForm? form = null)
        where T : class => YamlLayers.TryReadText(path, out var text) is { } fault
        ? throw new RecipeException(path, [new(null, fault)])
        : Collect<T>(text, path, overrides, form);

    /// <summary>The same with text.</summary>
    /// <exception cref="RecipeException">The text is no group of keys.</exception>
    public static BoundRecipe<T> Collect<T>(string text, string file, IReadOnlyList<YamlOverride> overrides, YamlForm? form = null)
        where T : class
    {
        var errors = new ErrorList(file);
        var sources = new SourceMap();
        var layers = new YamlLayers(errors);
        object? value = null;
        if (layers.Read(text, overrides) is { } root) new NodeBinder(errors, sources, form ?? YamlForm.Plain).TryBind(typeof(T), root, "", out value);
        if (value is null) errors.ThrowIfAny();
        return new BoundRecipe<T>((T)value!, sources, errors, layers.Bases);
    }

    private static BoundRecipe<T> Complete<T>(BoundRecipe<T> bound)
        where T : class
    {
        bound.Validate().ThrowIfAny();
        return bound;
    }
}

/// <summary>A record read from a file, with the places of its values.</summary>
public sealed class BoundRecipe<T>
    where T : class
{
    private readonly ErrorList _errors;

    internal BoundRecipe(T value, SourceMap sources, ErrorList errors, IReadOnlyList<string> bases) =>
        (Value, Sources, _errors, Bases) = (value, sources, errors, bases);

    /// <summary>The file as the user named it.</summary>
    public string File => _errors.File;

    /// <summary>The record; what could not be read has its default in it.</summary>
    public T Value { get; }

    /// <summary>Where its values stand.</summary>
    public SourceMap Sources { get; }

    /// <summary>The files that this one is laid over, the nearest first.</summary>
    public IReadOnlyList<string> Bases { get; }

    /// <summary>Starts checking the values: the errors carry their places and join those of the form.</summary>
    public Validator Validate() => new(Sources, _errors.Copy());

    /// <summary>The same file with another record, as after defaults were worked out.</summary>
    public BoundRecipe<T> With(T value) => new(value, Sources, _errors, Bases);
}
