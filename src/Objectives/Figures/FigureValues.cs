using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// What the sequences of a micro-batch add to the figures of a step. B sequences; those without a valid position add nothing, whatever is given for them.
/// </summary>
public sealed class FigureValues
{
    private readonly Dictionary<FigureColumn, Tensor> columns = []; // (B, width) float64 each

    /// <summary>Counts sequences and valid positions.</summary>
    /// <param name="mask">(B, L) bool: the positions that count.</param>
    public FigureValues(Tensor mask)
    {
        NumSequences = mask.shape[0];
        var tokens = mask.to(ScalarType.Float64).sum(dim: 1); // (B)
        var sequences = tokens.gt(0.0).to(ScalarType.Float64);
        Add(FigureColumn.Tokens, tokens).Add(FigureColumn.Sequences, sequences).Add(FigureColumn.Count, sequences);
    }

    /// <summary>B.</summary>
    public long NumSequences { get; }

    /// <summary>The columns to which something was added.</summary>
    public IEnumerable<FigureColumn> Columns => columns.Keys;

    /// <summary>Adds a number of each sequence to the figure's own column, the first of its statistic; what was there before is replaced.</summary>
    /// <param name="figure">Whose.</param>
    /// <param name="values">(B), without a gradient: for a mean over positions their sum.</param>
    public FigureValues Add(Figure figure, Tensor values) => Add(figure.Statistic.Columns[0], values);

    /// <summary>The same for a column.</summary>
    /// <param name="column">Which.</param>
    /// <param name="values">(B), or (B, width).</param>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public FigureValues Add(FigureColumn column, Tensor values)
    {
        if (values.shape[0] != NumSequences || values.numel() != NumSequences * column.Width)
        {
            throw new ArgumentException(
                $"'{column}' gets values of shape ({string.Join(", ", values.shape)}); give ({NumSequences}, {column.Width}), one row for each sequence.",
                nameof(values));
        }

        columns[column] = values.detach().to(ScalarType.Float64).reshape(NumSequences, column.Width);
        return this;
    }

    /// <summary>(B, width) float64, or null where nothing was added.</summary>
    public Tensor? Of(FigureColumn column) => columns.GetValueOrDefault(column);

    /// <summary>Lets the tensors outlive the current dispose scope.</summary>
    public FigureValues MoveToOuterDisposeScope()
    {
        foreach (var values in columns.Values) values.MoveToOuterDisposeScope();
        return this;
    }
}
