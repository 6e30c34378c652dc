using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// KL-regularised policy gradient on the student's own samples: the gradient of KL(q || p_T), with lambda-returns on the soft value (generalised advantage
/// estimation, Schulman et al. 2016): A_i = d_i + lambda A_{i+1}, the loss mean of -A_i log q(x_i|x_&lt;i) + (V_i - G_i)^2. At q = p_T and V = log Z_T(x_&lt;i)
/// every d_i is zero, so there is no gradient and no noise. Sequences must be the student's own, of this step.
/// </summary>
/// <inheritdoc cref="FlowObjective(FlowOptions, long, long, long, Device?)"/>
public sealed class SoftPolicyObjective(FlowOptions options, long maxLength, long studentWidth, long teacherWidth, Device? device = null)
    : FlowObjective(options, maxLength, studentWidth, teacherWidth, device)
{
    /// <inheritdoc/>
    protected override bool TracksReturns => true;

    /// <inheritdoc/>
    protected internal override FlowCredit Credit(FlowSignal signal)
    {
        using var scope = NewDisposeScope();
        var discounts = FlowSignal.Discounts(signal.Mask.shape[1], Options.Lambda, signal.Mask.device); // (L, L)
        return new(signal.Errors().matmul(discounts).MoveToOuterDisposeScope(), signal.Returns().MoveToOuterDisposeScope());
    }

    /// <summary>Maximum likelihood: the gradient of KL(p_T || q). The flow, which is of the student's own samples, is told what it says.</summary>
    protected override FlowCredit CreditOfTarget(FlowSignal signal) => new(signal.Mask.to(ScalarType.Float64), signal.Flows);

    /// <inheritdoc/>
    protected internal override Tensor FlowLoss(FlowSignal signal, FlowCredit credit, Tensor flows) => (flows - credit.Flow).square();
}
