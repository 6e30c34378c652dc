namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>A place in a YAML file.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
public readonly record struct SourcePosition(int Line, int Column) : IComparable<SourcePosition>
{
    /// <summary>The beginning of a file.</summary>
    public static SourcePosition Start { get; } = new(1, 1);

    /// <inheritdoc/>
    public int CompareTo(SourcePosition other) => Line != other.Line ? Line.CompareTo(other.Line) : Column.CompareTo(other.Column);
}
