using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>Means over the valid positions of each sequence. A sequence without one has mean 0 and does not count.</summary>
/// <param name="Mask">(B, L) bool.</param>
/// <param name="Lengths">(B) float64: valid positions, 1 where there is none.</param>
/// <param name="Counted">(B) bool: sequences with a valid position.</param>
internal sealed record SequenceMeans(Tensor Mask, Tensor Lengths, Tensor Counted)
{
    /// <summary>Counts the valid positions.</summary>
    public static SequenceMeans Of(Tensor mask)
    {
        var lengths = mask.to(ScalarType.Float64).sum(dim: 1); // (B)
        return new(mask, lengths.clamp_min(1.0), lengths.gt(0.0));
    }

    /// <summary>The number of sequences that count.</summary>
    public static double CountOf(Tensor mask)
    {
        using var scope = NewDisposeScope();
        return mask.any(1).to(ScalarType.Float64).sum().cpu().item<double>();
    }

    /// <summary>(B, L) to (B) float64. What stands where the mask is zero is not read.</summary>
    public Tensor Sum(Tensor values)
    {
        using var scope = NewDisposeScope();
        var wide = values.to(ScalarType.Float64);
        return where(Mask, wide, zeros_like(wide)).sum(dim: 1).MoveToOuterDisposeScope();
    }

    /// <summary>The same divided by the number of valid positions.</summary>
    public Tensor Mean(Tensor values) => Sum(values) / Lengths;

    /// <summary>(B, L) float64: the share of each position in its sequence's mean, zero where the mask is.</summary>
    public Tensor Shares() => Mask.to(ScalarType.Float64) / Lengths.unsqueeze(1);
}
