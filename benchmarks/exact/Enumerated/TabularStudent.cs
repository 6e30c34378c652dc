using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>A row of logits for each tag and prefix.</summary>
public sealed class TabularStudent(EnumeratedTeacher teacher, int numTags) : IEnumeratedStudent
{
    private readonly Enumeration space = teacher.Space;
    private readonly Parameter table = Start(teacher, numTags); // (tags * P, S)

    /// <inheritdoc/>
    public IEnumerable<Parameter> Parameters => [table];

    /// <inheritdoc/>
    public Tensor Logits(Tensor sequences, Tensor? condition)
    {
        var rows = space.Prefixes.index_select(0, sequences); // (B, L)
        if (condition is not null) rows = rows + (condition * numTags).to(ScalarType.Int64).unsqueeze(1) * space.NumPrefixes;
        return table.index_select(0, rows.reshape(-1)).reshape(rows.shape[0], rows.shape[1], space.NumSymbols);
    }

    /// <inheritdoc/>
    public Tensor Table(double? condition)
    {
        var tag = (long)((condition ?? 0) * numTags);
        return table.detach().narrow(0, tag * space.NumPrefixes, space.NumPrefixes).to(ScalarType.Float64);
    }

    /// <inheritdoc/>
    public void Dispose() => table.Dispose();

    private static Parameter Start(EnumeratedTeacher teacher, int numTags)
    {
        using var scope = NewDisposeScope();
        var start = new Parameter(teacher.Table.to(ScalarType.Float32).repeat(numTags, 1));
        start.DetachFromDisposeScope();
        return start;
    }
}
