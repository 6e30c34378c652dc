namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>A value that the command line gives in place of a file's.</summary>
/// <param name="Option">The option, as messages name it: <c>--set seed</c>.</param>
/// <param name="Path">The value's path, such as <c>student.training.steps</c>.</param>
/// <param name="Value">The value as YAML, or null where the option has none.</param>
public sealed record YamlOverride(string Option, string Path, string? Value)
{
    private const string SetOption = "--set";

    /// <summary>Whether the value is text as it stands rather than YAML, as of an option that takes a path. Default false.</summary>
    public bool IsText { get; init; }

    /// <summary>Reads <c>KEY=VALUE</c>; what is wrong with it is said with everything else that is wrong.</summary>
    public static YamlOverride OfAssignment(string assignment)
    {
        var sign = assignment.IndexOf('=', StringComparison.Ordinal);
        var path = sign < 0 ? assignment : assignment[..sign];
        return new YamlOverride($"{SetOption} {path}", path.Trim(), sign < 0 ? null : assignment[(sign + 1)..]);
    }

    /// <summary>A document that holds nothing but this value; null when it cannot be read, which is then among the errors.</summary>
    internal YamlNode? ToNode(ErrorList errors)
    {
        var position = SourcePosition.OfOption(Option);
        var keys = Path.Split('.');
        if (Value is null || keys.Any(string.IsNullOrWhiteSpace))
        {
            errors.Add(position, "a key and a value are needed; write it as --set student.training.steps=50.");
            return null;
        }

        var node = IsText || string.IsNullOrWhiteSpace(Value)
            ? new YamlScalar(position, Value, IsPlain: !IsText)
            : YamlReader.Read(Value, errors, position);
        return keys.Reverse()
            .Aggregate(node, (inner, key) => inner is null ? null : new YamlMapping(position, [new(new YamlScalar(position, key, IsPlain: true), inner)]));
    }
}
