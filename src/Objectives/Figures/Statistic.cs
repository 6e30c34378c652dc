namespace Lhts.Objectives;

/// <summary>How a figure is made of the columns of all sequences that it is about.</summary>
/// <param name="Columns">What is read; <see cref="FigureValues.Add(Figure, TorchSharp.torch.Tensor)"/> adds to the first.</param>
/// <param name="Of">Makes the figure of their sums.</param>
public sealed record Statistic(IReadOnlyList<FigureColumn> Columns, StatisticReader Of)
{
    /// <summary>The sum.</summary>
    public static Statistic Sum(FigureColumn column) => new([column], row => row[column]);

    /// <summary>The largest. The column is one of maxima.</summary>
    public static Statistic Maximum(FigureColumn column) => new([column], row => row[column]);

    /// <summary>The sum over what the loss is divided by.</summary>
    public static Statistic PerCount(FigureColumn column) => Ratio(column, FigureColumn.Count);

    /// <summary>The mean over sequences that have a valid position.</summary>
    public static Statistic PerSequence(FigureColumn column) => Ratio(column, FigureColumn.Sequences);

    /// <summary>The mean over valid positions, of the sums over each sequence's.</summary>
    public static Statistic PerToken(FigureColumn column) => Ratio(column, FigureColumn.Tokens);

    /// <summary>One sum over another.</summary>
    public static Statistic Ratio(FigureColumn sum, FigureColumn count) => new([sum, count], row => row[sum] / row[count]);

    /// <summary>The root of the mean square.</summary>
    /// <param name="squares">Sums of squares.</param>
    /// <param name="count">How many there are.</param>
    public static Statistic RootMeanSquare(FigureColumn squares, FigureColumn count) => new([squares, count], row => Math.Sqrt(row[squares] / row[count]));

    /// <summary>Effective sample size of weights over their number, (sum w)^2 / (n sum w^2) (Kish 1965); 1 where all are zero.</summary>
    /// <param name="weights">Sums of weights.</param>
    /// <param name="squares">Sums of their squares.</param>
    /// <param name="count">How many there are.</param>
    public static Statistic EffectiveSampleSize(FigureColumn weights, FigureColumn squares, FigureColumn count) => new(
        [weights, squares, count], row => row[squares] == 0 ? 1 : row[weights] * row[weights] / (row[count] * row[squares]));

    /// <summary>What a share of the values lies below, to a bin's width; NaN without values.</summary>
    public static Statistic Quantile(FigureHistogram histogram, double share) => new(
        [histogram.Counts], row => histogram.Quantile(row.Numbers(histogram.Counts), share));

    /// <summary>The share of all amounts that the values at the top have, so large a share of their number; NaN without amounts.</summary>
    public static Statistic TopShare(FigureHistogram histogram, double share) => new(
        [histogram.Counts, histogram.Amounts], row => histogram.TopShare(row.Numbers(histogram.Counts), row.Numbers(histogram.Amounts), share));
}

/// <summary>Makes a figure of sums.</summary>
public delegate double StatisticReader(FigureRow row);
