using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// LHTS on the student's own samples: weights w_i = exp(min(r_i + ... + r_{i+h-1} + V_{i+h} - V_i, clip)) - 1, the horizon-limited and clipped weight with the
/// student's own probability in it and the learned baseline at both ends; loss mean of -w_i log q(x_i|x_&lt;i). The -1 takes off what every token has in
/// common, whose gradient has the mean zero under q. At q = p_T and V = log Z_T(x_&lt;i) every weight is zero. Sequences must be the student's own, of this
/// step.
/// </summary>
/// <remarks>
/// The flow is the mean return of the student, as the soft policy's is, and equals log Z_T(x_&lt;i) at q = p_T. One that is trained on
/// E[exp(r_i + V_{i+1} - V_i)] = 1 from its own later values is exact elsewhere too, but ran away on 128 characters.
/// </remarks>
/// <inheritdoc cref="FlowObjective(FlowOptions, long, long, long, Device?)"/>
public sealed class OwnSamplesObjective(FlowOptions options, long maxLength, long studentWidth, long teacherWidth, Device? device = null)
    : FlowObjective(options, maxLength, studentWidth, teacherWidth, device)
{
    /// <inheritdoc/>
    protected override bool TracksReturns => true;

    /// <inheritdoc/>
    protected internal override FlowCredit Credit(FlowSignal signal)
    {
        using var scope = NewDisposeScope();
        var sums = HorizonSum.Of(signal.Ratios, signal.Mask, Options.Horizon) - signal.Flows;
        if (Options.Horizon is { } horizon) sums = sums + signal.NextFlows(horizon);
        if (Options.Clip is { } clip) sums = sums.clamp_max(clip);
        var weights = (sums.exp() - 1.0) * signal.Mask.to(ScalarType.Float64);
        return new(weights.MoveToOuterDisposeScope(), signal.Returns().MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    protected internal override Tensor FlowLoss(FlowSignal signal, FlowCredit credit, Tensor flows) => (flows - credit.Flow).square();
}
