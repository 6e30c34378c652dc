namespace Lhts.Objectives;

/// <summary>What is added up for figures: a float64 number of each sequence, or several. Figures may read the same column.</summary>
/// <param name="name">For messages.</param>
/// <param name="width">Numbers of each sequence. Default 1.</param>
/// <param name="isMaximum">The largest of them counts instead of the sum. Default false.</param>
public sealed class FigureColumn(string name, int width = 1, bool isMaximum = false)
{
    /// <summary>What the loss is divided by; 1 for each sequence that has a valid position unless the objective adds another.</summary>
    public static FigureColumn Count { get; } = new("count");

    /// <summary>1 for each sequence that has a valid position.</summary>
    public static FigureColumn Sequences { get; } = new("sequences");

    /// <summary>Valid positions.</summary>
    public static FigureColumn Tokens { get; } = new("tokens");

    /// <summary>For messages.</summary>
    public string Name { get; } = name;

    /// <summary>Numbers of each sequence.</summary>
    public int Width { get; } = width;

    /// <summary>Whether the largest counts instead of the sum.</summary>
    public bool IsMaximum { get; } = isMaximum;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
