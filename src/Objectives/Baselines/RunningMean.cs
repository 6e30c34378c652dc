using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>Means over the sequences seen so far, one for each of a number of places.</summary>
public sealed class RunningMean : IStepState
{
    private readonly string name;
    private readonly double priorCount;
    private readonly double decay;
    private readonly Tensor totals; // (2, N): sums, counts
    private readonly Tensor pending; // (2, N)

    /// <param name="name">Its name in a checkpoint.</param>
    /// <param name="size">N, the number of places.</param>
    /// <param name="priorCount">Added to each count, as if that many zeros had been seen: a place never seen has mean 0.</param>
    /// <param name="decay">What the totals are multiplied by at each commit, 0 to 1.</param>
    /// <param name="device">Where the sums are; the CPU when null.</param>
    public RunningMean(string name, long size, double priorCount, double decay = 1, Device? device = null)
    {
        this.name = name;
        this.priorCount = priorCount;
        this.decay = decay;
        totals = zeros(2, size, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
        pending = zeros(2, size, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Pending => [pending];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State => new Dictionary<string, Tensor> { [name] = totals };

    /// <summary>(N) float64: sums divided by counts, without what is pending.</summary>
    public Tensor Mean => totals[0] / (totals[1] + priorCount);

    /// <summary>(N) float64: the sums.</summary>
    public Tensor Sum => totals[0];

    /// <summary>(N) float64: the counts, with the prior.</summary>
    public Tensor Count => totals[1] + priorCount;

    /// <summary>Adds sums and counts, each (K) with K at most N, to the first K places of what is pending.</summary>
    /// <exception cref="ArgumentException">K is above N.</exception>
    public void Observe(Tensor sums, Tensor counts)
    {
        var length = sums.shape[0];
        if (length > pending.shape[1])
        {
            throw new ArgumentException(
                $"{name}: {length} positions were given and the running mean has {pending.shape[1]}; make the context at least that long.");
        }

        using var scope = NewDisposeScope();
        pending.narrow(1, 0, length).add_(stack(new[] { sums, counts }, 0).to(ScalarType.Float64));
    }

    /// <summary>Folds the pending sums in.</summary>
    public void Commit()
    {
        totals.mul_(decay).add_(pending);
        pending.zero_();
    }

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        StateFile.Copy(state, name, totals);
        pending.zero_();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        totals.Dispose();
        pending.Dispose();
    }
}
