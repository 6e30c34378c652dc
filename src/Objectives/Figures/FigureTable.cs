using TorchSharp;

namespace Lhts.Objectives;

/// <summary>The figures of a step, as numbers.</summary>
public sealed class FigureTable
{
    private readonly FigureLayout layout;
    private readonly double[] numbers;
    private readonly IReadOnlySet<FigureColumn> measured;
    private readonly double[] sums; // of all temperatures
    private readonly double[] maxima;

    internal FigureTable(FigureLayout layout, double[] numbers, IReadOnlySet<FigureColumn> measured)
    {
        (this.layout, this.numbers, this.measured) = (layout, numbers, measured);
        sums = Combine(layout.Sums, 0, (left, right) => left + right);
        maxima = Combine(layout.Maxima, double.NegativeInfinity, Math.Max);
    }

    /// <summary>The figures of micro-batches that no other rank shares, told apart by nothing.</summary>
    public static FigureTable Of(IObjective objective, params IEnumerable<ObjectiveLoss> losses)
    {
        using var scope = torch.NewDisposeScope();
        FigureSums? sums = null;
        foreach (var loss in losses) sums = (sums ?? new(new(objective.Figures), loss.Root.device)).Add(loss.Figures);
        return (sums ?? new(new(objective.Figures))).Read();
    }

    /// <summary>A figure of all sequences of the step; null when it was not measured.</summary>
    public double? this[Figure figure] => IsMeasured(figure) ? figure.Statistic.Of(All) : null;

    /// <summary>A figure of one temperature or source, as it is told apart; null when it was not measured or no sequence has that.</summary>
    /// <param name="figure">One that is told apart.</param>
    /// <param name="place">The bin of the temperature, or the number of the source.</param>
    public double? Of(Figure figure, int place)
    {
        if (!IsMeasured(figure)) return null;
        var row = figure.By == FigureBy.Source ? RowOf(layout.SourceSums, layout.SourceMaxima, place) : RowOf(layout.Sums, layout.Maxima, place);
        return row[FigureColumn.Sequences] > 0 ? figure.Statistic.Of(row) : null;
    }

    /// <summary>The sum of a column over all sequences of the step.</summary>
    public double Total(FigureColumn column) => All[column];

    /// <summary>The figures that must be finite and are not.</summary>
    public IEnumerable<(Figure Figure, double Value)> NotFinite() =>
        from figure in layout.Figures
        where figure.MustBeFinite && this[figure] is { } value && !double.IsFinite(value)
        select (figure, this[figure]!.Value);

    private FigureRow All => new(layout.Sums, sums, layout.Maxima, maxima);

    private bool IsMeasured(Figure figure) => figure.Statistic.Columns.All(measured.Contains);

    private FigureRow RowOf(FigureBlock sumBlock, FigureBlock maximumBlock, int place) =>
        new(sumBlock, RowOf(sumBlock, place), maximumBlock, RowOf(maximumBlock, place));

    private ReadOnlySpan<double> RowOf(FigureBlock block, int place) => numbers.AsSpan(block.Start + (place * block.Width), block.Width);

    private double[] Combine(FigureBlock block, double start, Func<double, double, double> combine)
    {
        var all = new double[block.Width];
        Array.Fill(all, start);
        for (var place = 0; place < block.NumRows; place++)
        {
            var row = RowOf(block, place);
            for (var i = 0; i < all.Length; i++) all[i] = combine(all[i], row[i]);
        }

        return all;
    }
}
