using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// b(x_&lt;i) = log E_p[exp(a * log p(x_>=i | x_&lt;i)) | x_&lt;i], learned from the teacher's hidden state, with b = 0 at the document's end.
/// With the tail bootstrapped, the log weight is a*s_i + b(x_&lt;i+h) - b(x_&lt;i): its expectation is 1 at every prefix and the
/// optimum is p_T for every horizon h. With the tail dropped, b is log E[exp(a*s_i)] and the log weight a*s_i - b.
/// </summary>
/// <remarks>docs/objectives.md has the proof. Proposition 4.2 of the paper covers the baseline; the tail is ours.</remarks>
public sealed class LearnedBaseline : IBaseline
{
    private readonly LhtsOptions options;
    private readonly PositionPrior prior;
    private readonly BaselineHead head;

    /// <param name="options">Horizon, tail and the head's settings.</param>
    /// <param name="maxLength">The longest L there will be.</param>
    /// <param name="hiddenSize">D of the teacher's hidden states.</param>
    /// <param name="bins">Which temperatures share a prior.</param>
    /// <param name="device">Where the parameters are.</param>
    public LearnedBaseline(LhtsOptions options, long maxLength, long hiddenSize, TemperatureBins? bins = null, Device? device = null)
    {
        this.options = options;
        prior = new PositionPrior(bins ?? TemperatureBins.Single, maxLength, options.RunningMeanDecay, device);
        head = new BaselineHead(hiddenSize, options.HeadWidth, device);
    }

    /// <inheritdoc/>
    public TeacherNeeds Needs => TeacherNeeds.HiddenStates;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters => head.Parameters;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Pending => prior.Pending;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State => prior.State;

    private bool Bootstraps => options.Tail == TailKind.Bootstrap || options.Horizon is null;

    /// <inheritdoc/>
    public void Observe(WeightInputs inputs) => prior.Observe(inputs);

    /// <inheritdoc/>
    public void Commit() => prior.Commit();

    /// <summary>b for each prefix, (B, L) float64, zero where the mask is.</summary>
    public Tensor Values(WeightInputs inputs)
    {
        using var scope = NewDisposeScope();
        var hiddenStates = inputs.HiddenStates ?? throw new ArgumentException("The learned baseline reads the teacher's hidden states.", nameof(inputs));
        var values = prior.Of(inputs, Bootstraps ? null : options.Horizon) + head.Of(hiddenStates, inputs.Exponents);
        return where(inputs.Mask, values, zeros_like(values)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor LogWeights(WeightInputs inputs)
    {
        using var scope = NewDisposeScope();
        var sums = HorizonSum.Of(inputs.LogProbs, inputs.Mask, options.Horizon) * inputs.Exponents;
        var values = Values(inputs);
        if (options.Horizon is { } horizon && Bootstraps) sums = sums + HorizonSum.ShiftedLeft(values, horizon);
        return (sums - values).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// (B, L): exp(t - b) - (t - b) - 1 with t the target of b, whose derivative by b, 1 - exp(t - b), vanishes where b = log E[exp(t)].
    /// Above <see cref="LhtsOptions.HeadErrorBound"/> it goes on as its tangent, so that no gradient is larger than exp of that.
    /// </summary>
    public Tensor? AuxiliaryLoss(WeightInputs inputs)
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        var values = Values(inputs);
        Tensor targets;
        using (no_grad())
        {
            targets = Bootstraps
                ? FutureReturns.Of(inputs, values.detach(), options.HeadTrace)
                : HorizonSum.Of(inputs.LogProbs, inputs.Mask, options.Horizon) * inputs.Exponents;
        }

        var error = targets - values;
        var bounded = error.clamp_max(options.HeadErrorBound);
        return (bounded.exp() * (1.0 + (error - bounded)) - error - 1.0).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> state) => prior.Load(state);

    /// <inheritdoc/>
    public void Dispose()
    {
        prior.Dispose();
        head.Dispose();
    }
}
