using System.Globalization;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>
/// Collects what is wrong with the values of a file beside what is wrong with its form: what was given and where, the bound, what to do. Of values that could
/// not be read nothing is said again.
/// <code>
/// var validator = recipe.Validate();
/// validator.In("student").Positive("temperature", student.Temperature, "use e.g. 0.5");
/// validator.ThrowIfAny();
/// </code>
/// </summary>
public sealed class Validator
{
    private readonly SourceMap _sources;
    private readonly ErrorList _errors;
    private readonly string _prefix;

    internal Validator(SourceMap sources, ErrorList errors)
        : this(sources, errors, "")
    {
    }

    private Validator(SourceMap sources, ErrorList errors, string prefix) => (_sources, _errors, _prefix) = (sources, errors, prefix);

    /// <summary>A validator of the group at a path; its errors go to the same list.</summary>
    public Validator In(string path) => new(_sources, _errors, PathOf(path));

    /// <summary>Adds an error unless a condition holds.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="path">The value's path within this group.</param>
    /// <param name="value">The value.</param>
    /// <param name="bound">What it must be, as it follows "must be".</param>
    /// <param name="remedy">What to do, as an order in lower case and without a full stop.</param>
    /// <param name="others">The paths of other values that the condition depends on: where one of them could not be read, there is nothing to say.</param>
    public void Check(bool holds, string path, object? value, string bound, string remedy, params ReadOnlySpan<string> others)
    {
        var full = PathOf(path);
        if (holds || _sources.IsFaulty(full)) return;
        foreach (var other in others)
        {
            if (_sources.IsFaulty(PathOf(other))) return;
        }

        var origin = _sources.IsGiven(full) ? "" : " (the default)";
        _errors.Add(_sources.Find(full), $"{full} is {Text(value)}{origin}, but must be {bound}; {remedy}.");
    }

    /// <summary>The value must be above 0 and finite.</summary>
    public void Positive(string path, double value, string remedy) =>
        Check(value > 0 && double.IsFinite(value), path, value, "a finite number above 0", remedy);

    /// <summary>The value must be 1 or more.</summary>
    public void AtLeastOne(string path, long value, string remedy) => AtLeast(path, value, 1, remedy);

    /// <summary>The value must not be below a bound.</summary>
    public void AtLeast(string path, double value, double min, string remedy) =>
        Check(value >= min, path, value, $"at least {Text(min)}", remedy);

    /// <summary>The value must lie between two bounds or on one of them.</summary>
    public void Within(string path, double value, double min, double max, string remedy) =>
        Check(value >= min && value <= max, path, value, $"between {Text(min)} and {Text(max)}", remedy);

    /// <summary>The value must be a time in seconds that a timer can hold: from 0.1 to 1,000,000 (eleven days).</summary>
    public void Seconds(string path, double value) => Within(path, value, 0.1, 1e6, "give a number of seconds");

    /// <summary>A key that means nothing beside the other values of this group must not be given.</summary>
    /// <param name="key">The key.</param>
    /// <param name="reason">Why, as it follows the key's path.</param>
    public void Unused(string key, string reason)
    {
        var full = PathOf(key);
        if (_sources.IsGiven(full)) _errors.Add(_sources.Find(full), $"{full} {reason}; remove it, or change the kind.");
    }

    /// <summary>Stops when there were errors.</summary>
    /// <exception cref="RecipeException">There were.</exception>
    public void ThrowIfAny() => _errors.ThrowIfAny();

    private string PathOf(string path) => _prefix.Length == 0 ? path : path.StartsWith('[') ? _prefix + path : $"{_prefix}.{path}";

    private static string Text(object? value) => value switch
    {
        null => "nothing",
        Enum name => YamlNames.Of(name),
        KindName kind => kind.Name,
        double.PositiveInfinity => ".inf",
        double.NegativeInfinity => "-.inf",
        string text => $"'{text}'",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
