using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>The weights of the tokens of a micro-batch; no gradient passes through them.</summary>
/// <param name="LogWeights">(B, L) float64: a*s - baseline before the clip; zero where the mask is.</param>
/// <param name="Clipped">(B, L) float64: the same after the clip.</param>
/// <param name="Weights">(B, L) float64: exp(Clipped); zero where the mask is.</param>
public sealed record LhtsWeights(Tensor LogWeights, Tensor Clipped, Tensor Weights)
{
    /// <summary>w_i = exp(min(a*s_i - baseline_i, clip)) with a = (1 - T) / T (LHTS, Eq. 8 to 11).</summary>
    /// <param name="inputs">The teacher's log-probs and what goes with them.</param>
    /// <param name="baseline">With its committed sums.</param>
    /// <param name="clip">Upper bound of the log weight, or null.</param>
    public static LhtsWeights Of(WeightInputs inputs, IBaseline baseline, double? clip)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var mask = inputs.Mask;
        var raw = baseline.LogWeights(inputs);
        raw = where(mask, raw, zeros_like(raw));
        var clipped = clip is { } bound ? raw.clamp_max(bound) : raw.alias();
        var weights = where(mask, clipped.exp(), zeros_like(clipped));
        return new(raw.MoveToOuterDisposeScope(), clipped.MoveToOuterDisposeScope(), weights.MoveToOuterDisposeScope());
    }
}
