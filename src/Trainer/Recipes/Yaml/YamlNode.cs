namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>A value in a YAML document, with its place.</summary>
/// <param name="Position">Where it starts.</param>
public abstract record YamlNode(SourcePosition Position)
{
    /// <summary>What it is, for messages: "a list", "'abc'".</summary>
    public abstract string Describe();
}

/// <summary>A single value.</summary>
/// <param name="Position">Where it starts.</param>
/// <param name="Text">Its text, without quotes.</param>
/// <param name="IsPlain">Whether it stands without quotes, so that it may be null, a number or a truth value.</param>
public sealed record YamlScalar(SourcePosition Position, string Text, bool IsPlain) : YamlNode(Position)
{
    private const int LongestShown = 60;

    /// <summary>Whether the file holds something here that was refused with an error of its own; there is no value to bind.</summary>
    internal bool IsRefused { get; init; }

    /// <summary>Whether this is YAML's null.</summary>
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <inheritdoc/>
    public override string Describe()
    {
        if (IsNull) return "nothing";
        return IsPlain ? Quote(Text) : $"the text \"{Shorten(Text)}\"";
    }

    /// <summary>A text in quotes, on one line and not too long.</summary>
    internal static string Quote(string text) => $"'{Shorten(text)}'";

    private static string Shorten(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= LongestShown ? line : line[..LongestShown] + "...";
    }
}

/// <summary>A list.</summary>
/// <param name="Position">Where it starts.</param>
/// <param name="Items">Its items.</param>
public sealed record YamlSequence(SourcePosition Position, IReadOnlyList<YamlNode> Items) : YamlNode(Position)
{
    /// <inheritdoc/>
    public override string Describe() => "a list";
}

/// <summary>Keys with values, in the order of the file; duplicates are still in it.</summary>
/// <param name="Position">Where it starts.</param>
/// <param name="Entries">The keys with their values.</param>
public sealed record YamlMapping(SourcePosition Position, IReadOnlyList<YamlEntry> Entries) : YamlNode(Position)
{
    /// <inheritdoc/>
    public override string Describe() => "a group of keys";
}

/// <summary>A key with its value.</summary>
public readonly record struct YamlEntry(YamlScalar Key, YamlNode Value);
