using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// What the objectives with a log flow are made of. With r_i = log p(x_i|x_&lt;i) / T - log q(x_i|x_&lt;i) every stretch from i to j has
/// r_i + ... + r_{j-1} + V_j - V_i = 0 at q = p_T; V is zero at the end.
/// </summary>
/// <param name="Ratios">(B, L) float64: r, zero where the mask is.</param>
/// <param name="Flows">(B, L) float64: V, without a graph, zero where the mask is.</param>
/// <param name="Mask">(B, L) bool.</param>
public sealed record FlowSignal(Tensor Ratios, Tensor Flows, Tensor Mask)
{
    /// <summary>(B, L): V_{i+1}, zero after the last position.</summary>
    public Tensor NextFlows(long steps = 1) => HorizonSum.ShiftedLeft(Flows, steps);

    /// <summary>(B, L): d_i = r_i + V_{i+1} - V_i, the error of one token; zero where the mask is.</summary>
    public Tensor Errors()
    {
        using var scope = NewDisposeScope();
        return (Ratios + NextFlows() - Flows).MoveToOuterDisposeScope();
    }

    /// <summary>(B, L): G_i = r_i + r_{i+1} + ... to the end.</summary>
    public Tensor Returns() => HorizonSum.Of(Ratios, Mask, horizon: null);

    /// <summary>(L, L) float64: lambda^(j-i) from row j to column i where j >= i, else zero; its diagonal is 1.</summary>
    public static Tensor Discounts(long length, double lambda, Device device)
    {
        using var scope = NewDisposeScope();
        var place = arange(length, dtype: ScalarType.Float64, device: device);
        var distance = place.unsqueeze(1) - place.unsqueeze(0); // (j, i)
        var powers = lambda > 0 ? (distance.clamp_min(0.0) * Math.Log(lambda)).exp() : distance.eq(0.0).to(ScalarType.Float64);
        return where(distance.ge(0.0), powers, zeros_like(powers)).MoveToOuterDisposeScope();
    }
}
