using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// The running mean of each temperature's loss. Weights, and with them losses and gradients, differ by orders of magnitude between
/// temperatures; divided by its own mean every temperature pulls equally.
/// </summary>
/// <remarks>
/// A temperature that was never seen starts from the teacher's own w * (-log p), since the student starts as the teacher.
/// </remarks>
public sealed class TemperatureNormaliser : IStepState
{
    private readonly TemperatureBins bins;
    private readonly RunningMean mean;
    private readonly Tensor present; // (bins): sequences seen in this step

    /// <param name="bins">Which temperatures share a mean.</param>
    /// <param name="decay">See <see cref="LhtsOptions.RunningMeanDecay"/>.</param>
    /// <param name="device">Where the sums are.</param>
    public TemperatureNormaliser(TemperatureBins bins, double decay = 1, Device? device = null)
    {
        this.bins = bins;
        mean = new RunningMean("normaliser", bins.Count, priorCount: 0, decay, device);
        present = zeros(bins.Count, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Pending => [.. mean.Pending, present];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State => mean.State;

    /// <summary>(bins) float64: the means; NaN for a temperature never seen.</summary>
    public Tensor Means => mean.Mean;

    /// <summary>Notes which temperatures this step has.</summary>
    public void ObservePresence(Tensor temperatures, Tensor counted)
    {
        using var scope = NewDisposeScope();
        present.scatter_add_(0, bins.IndexOf(temperatures), counted.to(ScalarType.Float64));
    }

    /// <summary>After the sums over ranks: whether a temperature of this step has no mean yet. Forgets the step's temperatures.</summary>
    public bool LacksMeans()
    {
        using var scope = NewDisposeScope();
        var lacks = present.gt(0).logical_and(mean.Count.le(0)).any().cpu().item<bool>();
        present.zero_();
        return lacks;
    }

    /// <summary>Adds losses, (B) float64, to what is pending.</summary>
    /// <param name="losses">(B): the loss of each sequence.</param>
    /// <param name="temperatures">(B).</param>
    /// <param name="counted">(B) bool: sequences that count.</param>
    /// <param name="onlyNew">Leave out temperatures that have a mean.</param>
    public void Observe(Tensor losses, Tensor temperatures, Tensor counted, bool onlyNew)
    {
        using var scope = NewDisposeScope();
        var index = bins.IndexOf(temperatures);
        var weights = counted.to(ScalarType.Float64); // (B)
        if (onlyNew) weights = weights * mean.Count.le(0).to(ScalarType.Float64).index_select(0, index);
        Tensor ByBin(Tensor values) => zeros(bins.Count, dtype: ScalarType.Float64, device: values.device).scatter_add_(0, index, values);
        mean.Observe(ByBin(losses * weights), ByBin(weights));
    }

    /// <summary>Folds the pending losses in.</summary>
    public void Commit() => mean.Commit();

    /// <summary>(B) float64: what the loss of each sequence is divided by.</summary>
    public Tensor DivisorOf(Tensor temperatures)
    {
        using var scope = NewDisposeScope();
        return mean.Mean.index_select(0, bins.IndexOf(temperatures)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        mean.Load(state);
        present.zero_();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        mean.Dispose();
        present.Dispose();
    }
}
