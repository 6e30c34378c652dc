namespace Lhts.Objectives;

/// <summary>Where the sums of a step's figures are in one tensor: for each temperature, then for each source, sums first and then maxima.</summary>
public sealed class FigureLayout
{
    private static readonly FigureColumn[] Always = [FigureColumn.Count, FigureColumn.Sequences, FigureColumn.Tokens];

    /// <param name="figures">What is read; columns that none of them reads are refused.</param>
    /// <param name="bins">Which temperatures are told apart; null for none.</param>
    /// <param name="numSources">How many sources are told apart. Default 1.</param>
    public FigureLayout(IReadOnlyList<Figure> figures, TemperatureBins? bins = null, int numSources = 1)
    {
        Figures = figures;
        Bins = bins ?? TemperatureBins.Single;
        FigureColumn[] all = [.. Always.Concat(figures.SelectMany(figure => figure.Statistic.Columns)).Distinct()];
        FigureColumn[] bySource =
            [.. Always.Concat(figures.Where(figure => figure.By == FigureBy.Source).SelectMany(figure => figure.Statistic.Columns)).Distinct()];
        Sums = new(all.Where(column => !column.IsMaximum), Bins.Count, 0);
        SourceSums = new(bySource.Where(column => !column.IsMaximum), numSources, Sums.End);
        Maxima = new(all.Where(column => column.IsMaximum), Bins.Count, SourceSums.End);
        SourceMaxima = new(bySource.Where(column => column.IsMaximum), numSources, Maxima.End);
    }

    /// <summary>What is read.</summary>
    public IReadOnlyList<Figure> Figures { get; }

    /// <summary>Which temperatures are told apart.</summary>
    public TemperatureBins Bins { get; }

    /// <summary>Numbers that add up.</summary>
    internal int NumSums => SourceSums.End;

    /// <summary>Numbers in all; those after the sums are maxima.</summary>
    internal int Size => SourceMaxima.End;

    internal FigureBlock Sums { get; }

    internal FigureBlock SourceSums { get; }

    internal FigureBlock Maxima { get; }

    internal FigureBlock SourceMaxima { get; }

    /// <exception cref="InvalidOperationException">A column is added up that no figure reads.</exception>
    internal void Require(FigureValues values)
    {
        foreach (var column in values.Columns)
        {
            if (Sums.Has(column) || Maxima.Has(column)) continue;
            throw new InvalidOperationException(
                $"The loss adds '{column}' to its figures, but none of the objective's {nameof(IObjective.Figures)} reads it. Name the figure there.");
        }
    }
}

/// <summary>Rows of columns, one after the other.</summary>
internal sealed class FigureBlock
{
    private readonly Dictionary<FigureColumn, int> offsets = [];

    public FigureBlock(IEnumerable<FigureColumn> columns, int numRows, int start)
    {
        foreach (var column in columns)
        {
            offsets.Add(column, Width);
            Width += column.Width;
        }

        (NumRows, Start) = (numRows, start);
    }

    /// <summary>Numbers in a row.</summary>
    public int Width { get; }

    public int NumRows { get; }

    /// <summary>Where the first row begins.</summary>
    public int Start { get; }

    public int End => Start + (NumRows * Width);

    /// <summary>In the order of their offsets.</summary>
    public IEnumerable<FigureColumn> Columns => offsets.Keys;

    public bool Has(FigureColumn column) => offsets.ContainsKey(column);

    /// <summary>Where a column begins in its row.</summary>
    public int OffsetOf(FigureColumn column) => offsets[column];
}
