using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

// B sequences, T temperatures, S sources, K columns.

/// <summary>The figures of a step while they add up over micro-batches and ranks: one tensor of sums, one of maxima, read once.</summary>
public sealed class FigureSums
{
    private readonly FigureLayout layout;
    private readonly HashSet<FigureColumn> measured = [];

    /// <summary>Nothing yet. The tensors belong to the current dispose scope.</summary>
    public FigureSums(FigureLayout layout, Device? device = null)
    {
        this.layout = layout;
        Sums = zeros(layout.NumSums, dtype: ScalarType.Float64, device: device);
        Maxima = full(layout.Size - layout.NumSums, double.NegativeInfinity, dtype: ScalarType.Float64, device: device);
    }

    /// <summary>What adds up over ranks, live: of the same shape on each.</summary>
    public Tensor Sums { get; }

    /// <summary>Of which the largest counts, likewise.</summary>
    public Tensor Maxima { get; }

    /// <summary>Adds a micro-batch.</summary>
    /// <param name="values">Of its sequences.</param>
    /// <param name="temperatures">(B); may be null where the layout does not tell them apart.</param>
    /// <param name="source">Which source it is from. Default the first.</param>
    /// <exception cref="InvalidOperationException">It has a column that no figure reads.</exception>
    public FigureSums Add(FigureValues values, Tensor? temperatures = null, int source = 0)
    {
        layout.Require(values);
        measured.UnionWith(values.Columns);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var isCounted = values.Of(FigureColumn.Sequences)!.gt(0.0); // (B, 1)
        var isOfBin = IsOfBin(temperatures, values.NumSequences); // (T, B)
        var sums = Rows(layout.Sums, values, isCounted, nothing: 0); // (B, K)
        RowsOf(Sums, layout.Sums, 0).add_(isOfBin.to(ScalarType.Float64).matmul(sums));
        var sumsOfSource = RowsOf(Sums, layout.SourceSums, 0).select(0, source); // (K)
        sumsOfSource.add_(Rows(layout.SourceSums, values, isCounted, nothing: 0).sum(dim: 0));
        Raise(layout.Maxima, rows => rows, values, isCounted, isOfBin);
        Raise(layout.SourceMaxima, rows => rows.narrow(0, source, 1), values, isCounted, ones_like(isOfBin.narrow(0, 0, 1)));
        return this;
    }

    /// <summary>Reads everything, in one copy from the device, once the sums of the step are complete.</summary>
    public FigureTable Read()
    {
        using var scope = NewDisposeScope();
        return new FigureTable(layout, cat([Sums, Maxima], 0).cpu().data<double>().ToArray(), measured);
    }

    private Tensor IsOfBin(Tensor? temperatures, long numSequences)
    {
        var numBins = layout.Bins.Count;
        if (numBins == 1) return ones([1, numSequences], dtype: ScalarType.Bool, device: Sums.device);
        ArgumentNullException.ThrowIfNull(temperatures);
        return layout.Bins.IndexOf(temperatures).unsqueeze(0).eq(arange(numBins, device: Sums.device).unsqueeze(1));
    }

    private static Tensor RowsOf(Tensor all, FigureBlock block, int start) =>
        all.narrow(0, block.Start - start, block.End - block.Start).view(block.NumRows, block.Width);

    /// <summary>(B, K): the columns of a block side by side.</summary>
    private static Tensor Rows(FigureBlock block, FigureValues values, Tensor isCounted, double nothing)
    {
        var absent = full([values.NumSequences, 1], nothing, dtype: ScalarType.Float64, device: isCounted.device);
        var rows = cat([.. block.Columns.Select(column => values.Of(column) ?? absent.expand(values.NumSequences, column.Width))], 1);
        return where(isCounted, rows, absent);
    }

    /// <summary>Raises rows of maxima to those of the sequences that belong to each.</summary>
    private void Raise(FigureBlock block, Func<Tensor, Tensor> choose, FigureValues values, Tensor isCounted, Tensor belongs)
    {
        if (block.Width == 0) return;
        var rows = choose(RowsOf(Maxima, block, layout.NumSums)); // (R, K)
        var found = Rows(block, values, isCounted, double.NegativeInfinity).unsqueeze(0); // (1, B, K)
        var lowest = full(1, double.NegativeInfinity, dtype: ScalarType.Float64, device: Sums.device);
        rows.copy_(maximum(rows, where(belongs.unsqueeze(2), found, lowest).amax([1])));
    }
}
