namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>A place in a YAML file or on the command line.</summary>
/// <param name="Line">The line, from 1; 0 for an option of the command line.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="Origin">The file, or the option, as the user named it. Default: nothing, the file that is read.</param>
public readonly record struct SourcePosition(int Line, int Column, string? Origin = null) : IComparable<SourcePosition>
{
    /// <summary>The beginning of a file.</summary>
    public static SourcePosition Start { get; } = new(1, 1);

    /// <summary>Whether this is an option of the command line.</summary>
    public bool IsOption => Line == 0 && Origin is not null;

    /// <summary>An option of the command line, such as <c>--set seed</c>.</summary>
    public static SourcePosition OfOption(string option) => new(0, 0, option);

    /// <summary>The file's own places come first, in its order; then those of other files, then options.</summary>
    public int CompareTo(SourcePosition other)
    {
        if (IsOption != other.IsOption) return IsOption ? 1 : -1;
        var origin = string.CompareOrdinal(Origin, other.Origin);
        if (origin != 0) return origin;
        return Line != other.Line ? Line.CompareTo(other.Line) : Column.CompareTo(other.Column);
    }

    /// <summary>The place as messages name it: <c>FILE:LINE:COLUMN</c>, or the option.</summary>
    /// <param name="file">The file that is read.</param>
    public string Describe(string file) =>
        IsOption ? Origin! : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Origin ?? file}:{Line}:{Column}");
}
