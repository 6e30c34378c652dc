using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// Baselines that are running means: of s over everything (mean) or at each position (index), or of lp at each position (index-token).
/// s does not depend on the temperature, so one mean serves all: the baseline of a*s is a times the mean of s.
/// </summary>
public sealed class RunningMeanBaseline : IBaseline
{
    /// <summary>The count that the running means start with, 1e-3 as in the authors' released code: positions never seen have the mean 0.</summary>
    public const double PriorCount = 1e-3;

    private readonly BaselineKind kind;
    private readonly long? horizon;
    private readonly RunningMean mean;

    /// <param name="kind">Mean, Index or IndexToken.</param>
    /// <param name="horizon">The horizon of the sums; null for none.</param>
    /// <param name="maxLength">The longest L there will be.</param>
    /// <param name="decay">See <see cref="LhtsOptions.RunningMeanDecay"/>.</param>
    /// <param name="device">Where the sums are.</param>
    public RunningMeanBaseline(BaselineKind kind, long? horizon, long maxLength, double decay = 1, Device? device = null)
    {
        if (kind is not (BaselineKind.Mean or BaselineKind.Index or BaselineKind.IndexToken))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "Only mean, index and index-token are running means.");
        }

        this.kind = kind;
        this.horizon = horizon;
        mean = new RunningMean("baseline", kind == BaselineKind.Mean ? 1 : maxLength, PriorCount, decay, device);
    }

    /// <summary>The running mean of s or, for index-token, of lp.</summary>
    public RunningMean Mean => mean;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Pending => mean.Pending;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State => mean.State;

    /// <inheritdoc/>
    public void Observe(WeightInputs inputs)
    {
        using var scope = NewDisposeScope();
        // A look-ahead has lp like any other position, but not all of the tokens that s counts.
        var (subject, mask) = kind == BaselineKind.IndexToken
            ? (inputs.LogProbs, inputs.Read)
            : (HorizonSum.Of(inputs.LogProbs, inputs.Read, horizon), inputs.Mask);
        var sums = where(mask, subject, zeros_like(subject)).sum(dim: 0); // (L)
        var counts = mask.to(ScalarType.Float64).sum(dim: 0); // (L)
        if (kind == BaselineKind.Mean)
        {
            sums = sums.sum().reshape(1);
            counts = counts.sum().reshape(1);
        }

        mean.Observe(sums, counts);
    }

    /// <inheritdoc/>
    public void Commit() => mean.Commit();

    /// <inheritdoc/>
    public Tensor LogWeights(WeightInputs inputs)
    {
        using var scope = NewDisposeScope();
        var means = kind == BaselineKind.Mean ? mean.Mean : mean.Mean.narrow(0, 0, inputs.LogProbs.shape[1]); // (1) or (L)
        var centred = kind == BaselineKind.IndexToken
            ? HorizonSum.Of(inputs.LogProbs - means, inputs.Read, horizon)
            : HorizonSum.Of(inputs.LogProbs, inputs.Read, horizon) - means; // (B, L)
        return (centred * inputs.Exponents).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> state) => mean.Load(state);

    /// <inheritdoc/>
    public void Dispose() => mean.Dispose();
}
