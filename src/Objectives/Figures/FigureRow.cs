namespace Lhts.Objectives;

/// <summary>The sums and maxima of the sequences that a figure is about.</summary>
public readonly ref struct FigureRow
{
    private readonly FigureBlock sums;
    private readonly FigureBlock maxima;
    private readonly ReadOnlySpan<double> sumNumbers;
    private readonly ReadOnlySpan<double> maximumNumbers;

    internal FigureRow(FigureBlock sums, ReadOnlySpan<double> sumNumbers, FigureBlock maxima, ReadOnlySpan<double> maximumNumbers)
    {
        (this.sums, this.maxima) = (sums, maxima);
        this.sumNumbers = sumNumbers;
        this.maximumNumbers = maximumNumbers;
    }

    /// <summary>The number of a column of one.</summary>
    public double this[FigureColumn column] => Numbers(column)[0];

    /// <summary>The numbers of a column.</summary>
    public ReadOnlySpan<double> Numbers(FigureColumn column) => column.IsMaximum
        ? maximumNumbers.Slice(maxima.OffsetOf(column), column.Width)
        : sumNumbers.Slice(sums.OffsetOf(column), column.Width);
}
