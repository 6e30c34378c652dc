using Lhts.Extensions;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

// B sequences, L positions, N = B*L rows, E width, V vocabulary.

/// <summary>A head that is one matrix: logits = states W^T + b.</summary>
/// <param name="Weight">(V, E): W.</param>
/// <param name="Bias">(V): b, without a gradient; null for none.</param>
public sealed record LinearHead(Tensor Weight, Tensor? Bias = null)
{
    /// <summary>
    /// What the factors of its products are rounded to; sums are float32, except on devices other than the CPU. Default null: the weight's own type.
    /// </summary>
    public ScalarType? Type { get; init; }

    /// <summary>The weight as a factor, (V, E), without a graph.</summary>
    internal Tensor Factor() => Weight.detach().to(Type ?? Weight.dtype);
}

/// <summary>Rows of logits, which are made of hidden states some rows at a time, or are all there.</summary>
/// <param name="States">(N, E), or the logits themselves, (N, V), where there is no head.</param>
/// <param name="Head">Makes logits of states.</param>
internal sealed record LogitRows(Tensor States, LinearHead? Head)
{
    private readonly Tensor? factor = Head?.Factor(); // (V, E)

    /// <summary>V.</summary>
    public long Vocabulary => Head is null ? States.shape[1] : Head.Weight.shape[0];

    /// <summary>What logits are widened to before their softmax: float32, or float64 where they are that already.</summary>
    public ScalarType Wide => States.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>Rows of states or logits (B, L, ...) without their graph.</summary>
    public static LogitRows Of(Tensor states, LinearHead? head) => new(states.detach().reshape(-1, states.shape[^1]), head);

    /// <summary>The rows at some places alone, (M) int64; all for null.</summary>
    public LogitRows At(Tensor? places) => places is null ? this : this with { States = States.index_select(0, places) };

    /// <summary>The logits of some rows, (n, V), widened. Without a head and in their type already they are a view.</summary>
    public Tensor Slice(long start, long count)
    {
        var states = States.narrow(0, start, count);
        if (Head is null) return states.to(Wide);
        var logits = Multiply(states, factor!.transpose(0, 1));
        return Head.Bias is { } bias ? logits.add_(bias) : logits;
    }

    /// <summary>The derivative by logits becomes that by states, which is written, and by the head's weight, which is added up.</summary>
    /// <param name="slopes">(n, V).</param>
    /// <param name="start">The first row.</param>
    /// <param name="ofStates">(n, E).</param>
    /// <param name="ofWeight">(V, E), or null before the first rows.</param>
    public Tensor TakeBack(Tensor slopes, long start, Tensor ofStates, Tensor? ofWeight)
    {
        var narrow = slopes.to(factor!.dtype);
        ofStates.copy_(Multiply(narrow, factor)); // (n, E)
        var product = Multiply(narrow.transpose(0, 1), States.narrow(0, start, slopes.shape[0])); // (V, E)
        return ofWeight?.add_(product) ?? product.to(Head!.Weight.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>a b, widened.</summary>
    private Tensor Multiply(Tensor a, Tensor b)
    {
        var (first, second) = (a.to(factor!.dtype), b.to(factor.dtype));
        return NarrowProducts.Take(factor.dtype, first.device_type) ? NarrowProducts.Multiply(first, second) : first.matmul(second).to(Wide);
    }
}
