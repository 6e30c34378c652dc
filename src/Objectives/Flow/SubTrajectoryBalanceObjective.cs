using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// Sub-trajectory balance (Madan et al. 2023; tempered language models: Hu et al. 2023): with u_j = r_0 + ... + r_{j-1} + V_j for j from 0 to the end, the mean
/// over all stretches i &lt; j, weighted by lambda^(j-i), of (u_j - u_i)^2. Zero exactly at q = p_T, V = log Z_T(x_&lt;i), whatever the sequences are drawn
/// from; lambda 0 is detailed balance, 1 weighs all stretches alike.
/// </summary>
/// <remarks>The gradient by u is written out: 2 (D u - W u) with W the weights and D their sums, one product with an (L+1, L+1) matrix.</remarks>
/// <inheritdoc cref="FlowObjective(FlowOptions, long, long, long, Device?)"/>
public sealed class SubTrajectoryBalanceObjective(FlowOptions options, long maxLength, long studentWidth, long teacherWidth, Device? device = null)
    : FlowObjective(options, maxLength, studentWidth, teacherWidth, device)
{
    /// <inheritdoc/>
    protected internal override FlowCredit Credit(FlowSignal signal)
    {
        using var scope = NewDisposeScope();
        var (rows, length, device) = (signal.Mask.shape[0], signal.Mask.shape[1], signal.Mask.device);
        var valid = signal.Mask.to(ScalarType.Float64); // (B, L)
        // A node before each position and one after the last: the prompt's own positions have none.
        var first = zeros(new[] { rows, 1L }, dtype: ScalarType.Float64, device: device);
        var isNode = maximum(cat(new[] { valid, first }, 1), cat(new[] { first, valid }, 1)); // (B, L+1)
        var ratios = cat(new[] { first, signal.Ratios.cumsum(1) }, 1); // (B, L+1)
        var nodes = (ratios + cat(new[] { signal.Flows, first }, 1)) * isNode; // u

        var weights = WeightsOf(length + 1, device); // (L+1, L+1)
        var sums = isNode.matmul(weights); // (B, L+1)
        var total = (sums * isNode).sum(1, keepdim: true).clamp_min(1e-300) / 2.0; // (B, 1): each stretch once
        // Times the sequence's length: the shares of a mean over positions come after.
        var lengths = valid.sum(1, keepdim: true);
        var gradient = (nodes * sums - nodes.matmul(weights)) * isNode * (lengths / total) * 2.0; // by u
        // r_k is in u_j for every j > k; the loss falls with log q as it rises with r.
        var after = gradient.flip(1).cumsum(1).flip(1).narrow(1, 1, length); // (B, L)
        return new((after * valid).MoveToOuterDisposeScope(), (gradient.narrow(1, 0, length) * valid).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    protected internal override Tensor FlowLoss(FlowSignal signal, FlowCredit credit, Tensor flows) => credit.Flow * flows;

    private Tensor WeightsOf(long size, Device device)
    {
        using var scope = NewDisposeScope();
        // lambda^(distance - 1): the same up to a factor, and not all zero at lambda 0.
        var place = arange(size, dtype: ScalarType.Float64, device: device);
        var distance = (place.unsqueeze(1) - place.unsqueeze(0)).abs() - 1.0;
        var powers = Options.Lambda > 0 ? (distance * Math.Log(Options.Lambda)).exp() : distance.eq(0.0).to(ScalarType.Float64);
        return where(distance.ge(0.0), powers, zeros_like(powers)).MoveToOuterDisposeScope();
    }
}
