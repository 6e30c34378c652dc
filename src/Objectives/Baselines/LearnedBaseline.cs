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
    // The prior is made for a head that moves: 20 steps are enough for its means and few for the head. In benchmarks/exact at T = 0.3 it
    // brought the head's error from 1.0 (all steps) to 0.08 nats.
    private const double PriorDecay = 0.95;

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
        prior = new PositionPrior(
            bins ?? TemperatureBins.Single, maxLength, options.Bootstraps ? Math.Min(options.RunningMeanDecay, PriorDecay) : options.RunningMeanDecay, device);
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

    /// <inheritdoc/>
    public void Observe(WeightInputs inputs)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        if (options.Bootstraps) prior.Observe(inputs, HeadValues(inputs), options.HeadErrorBound);
        else prior.Observe(inputs, zeros_like(inputs.LogProbs), bound: null);
    }

    /// <inheritdoc/>
    public void Commit() => prior.Commit();

    /// <summary>b for each prefix, (B, L) float64, zero where nothing is read.</summary>
    public Tensor Values(WeightInputs inputs)
    {
        using var scope = NewDisposeScope();
        var values = prior.Of(inputs, options.Bootstraps ? null : options.Horizon) + HeadValues(inputs);
        return where(inputs.Read, values, zeros_like(values)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor LogWeights(WeightInputs inputs)
    {
        using var scope = NewDisposeScope();
        return LogWeights(inputs, Values(inputs), options.Horizon).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// (B, L): d^2 / 2, d being by how much b disagrees with what follows, over one token and, with the trace, more. Its derivative by b is taken to
    /// be -d, which has the mean zero where b is exact; that of d^2 would vanish elsewhere.
    /// </summary>
    public Tensor? AuxiliaryLoss(WeightInputs inputs, Tensor? controls = null)
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        var values = Values(inputs);
        var known = values.detach();
        Tensor errors;
        using (no_grad())
        {
            errors = FutureReturns.Of(
                LogWeights(inputs, known, options.Bootstraps ? 1 : options.Horizon), controls, inputs.Known(),
                options.Bootstraps ? options.HeadTrace : 0, options.HeadErrorBound);
        }

        return (errors * (errors / 2 + known - values)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> state) => prior.Load(state);

    /// <inheritdoc/>
    public void Dispose()
    {
        prior.Dispose();
        head.Dispose();
    }

    private Tensor LogWeights(WeightInputs inputs, Tensor values, long? horizon)
    {
        if (options.Bootstraps && inputs.Border is { } border) return LogWeights(inputs, values, horizon, border);
        var sums = HorizonSum.Of(inputs.LogProbs, inputs.Read, horizon) * inputs.Exponents;
        if (horizon is { } steps && options.Bootstraps) sums = sums + HorizonSum.ShiftedLeft(values, steps);
        return sums - values;
    }

    /// <summary>The same where documents go on behind a border: a horizon that would reach beyond ends there, which leaves the optimum as it is.</summary>
    private static Tensor LogWeights(WeightInputs inputs, Tensor values, long? horizon, Tensor border)
    {
        var length = values.shape[1];
        var sums = HorizonSum.Of(inputs.LogProbs, inputs.Known(), horizon) * inputs.Exponents; // the token at the border is b's
        var ends = minimum(arange(length, device: values.device).unsqueeze(0) + Math.Min(horizon ?? length, length), border); // (B, L)
        return sums + HorizonSum.ShiftedLeftTo(values, ends) - values;
    }

    /// <summary>f, (B, L) float64, zero where nothing is read.</summary>
    private Tensor HeadValues(WeightInputs inputs)
    {
        var hiddenStates = inputs.HiddenStates ?? throw new ArgumentException("The learned baseline reads the teacher's hidden states.", nameof(inputs));
        var values = head.Of(hiddenStates, inputs.Exponents);
        return where(inputs.Read, values, zeros_like(values));
    }
}
