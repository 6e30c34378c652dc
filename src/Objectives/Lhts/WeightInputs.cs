using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>What weights and baselines are computed from.</summary>
/// <param name="LogProbs">(B, L) float64: the teacher's, zero where nothing is read. Long sums of log-probs do not fit float32's 24 bits.</param>
/// <param name="Mask">(B, L) bool: the positions that count.</param>
/// <param name="Exponents">(B, 1) float64: a = (1 - T) / T.</param>
/// <param name="HiddenStates">(B, L, D): the teacher's, for a baseline that reads them.</param>
public sealed record WeightInputs(Tensor LogProbs, Tensor Mask, Tensor Exponents, Tensor? HiddenStates = null)
{
    /// <summary>(B, L) bool: the positions that weights look at: those that count, and the look-ahead behind them. Default: the mask.</summary>
    public Tensor Read { get; init; } = Mask;

    /// <summary>
    /// (B, 1) int64: the last position that is read of a document that goes on behind it, whose next token is not known; L of one that ends.
    /// Default null: all end.
    /// </summary>
    public Tensor? Border { get; init; }

    /// <summary>Takes what is needed out of a batch and the teacher's signal. Log-probs are not read where neither mask nor look-ahead is set.</summary>
    public static WeightInputs Of(ObjectiveBatch batch, TeacherSignal teacher)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var logProbs = teacher.LogProbs.detach().to(ScalarType.Float64);
        var exponents = 1.0 / batch.Temperatures.to(ScalarType.Float64) - 1.0;
        var read = batch.LookAhead is { } ahead ? batch.Mask.logical_or(ahead).MoveToOuterDisposeScope() : batch.Mask;
        return new(
            where(read, logProbs, zeros_like(logProbs)).MoveToOuterDisposeScope(), batch.Mask,
            exponents.unsqueeze(1).MoveToOuterDisposeScope(), teacher.HiddenStates?.detach().MoveToOuterDisposeScope())
        {
            Read = read,
            Border = batch.LookAhead is null ? null : BorderOf(batch.LookAhead).MoveToOuterDisposeScope(),
        };
    }

    /// <summary>(B, L) bool: the positions whose next one is known, or is the document's end.</summary>
    internal Tensor Known()
    {
        if (Border is null) return Read.alias();
        using var places = arange(Read.shape[1], device: Read.device).unsqueeze(0); // (1, L)
        using var before = places.lt(Border);
        return Read.logical_and(before);
    }

    private static Tensor BorderOf(Tensor lookAhead)
    {
        var length = lookAhead.shape[1];
        var last = (lookAhead.to(ScalarType.Int64) * arange(length, device: lookAhead.device)).amax(1).unsqueeze(1); // (B, 1)
        return where(lookAhead.any(1, keepdim: true), last, full_like(last, length));
    }
}
