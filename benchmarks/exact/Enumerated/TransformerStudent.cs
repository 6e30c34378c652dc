using Lhts.Models.Gpt;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>A GPT-2 with the teacher's weights; one with tags is told them at every position, as students are told temperatures.</summary>
public sealed class TransformerStudent(EnumeratedTeacher teacher, int numTags) : IEnumeratedStudent
{
    private readonly Enumeration space = teacher.Space;
    private readonly Gpt2 model = Gpt2Student.From(
        teacher.Model!, numTags > 1 ? TemperatureConditioning.EveryPosition : TemperatureConditioning.None);

    /// <inheritdoc/>
    public IEnumerable<Parameter> Parameters => model.parameters();

    /// <summary>(B, L - 1) symbols to (B, L) tokens: one that begins a sequence before them, which is S.</summary>
    public static Tensor Tokens(Tensor symbols, long begin) =>
        cat(new[] { full(symbols.shape[0], 1, begin, dtype: ScalarType.Int64), symbols }, 1);

    /// <inheritdoc/>
    public Tensor Logits(Tensor sequences, Tensor? condition) =>
        Of(space.Sequences.index_select(0, sequences).narrow(1, 0, space.Length - 1), condition);

    /// <inheritdoc/>
    public Tensor Table(double? condition)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var symbols = space.FirstSymbols();
        var told = condition is { } value ? full(symbols.shape[0], value, dtype: ScalarType.Float32) : null;
        return space.OfPrefixes(Of(symbols, told)).to(ScalarType.Float64).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    private Tensor Of(Tensor symbols, Tensor? condition) =>
        model.Logits(model.Hidden(Tokens(symbols, space.NumSymbols), condition?.to(ScalarType.Float32))).narrow(2, 0, space.NumSymbols);
}
