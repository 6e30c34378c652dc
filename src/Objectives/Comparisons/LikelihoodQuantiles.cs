using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>The distribution of sequence log-likelihoods seen so far, as a histogram, whose counts add up over ranks.</summary>
internal sealed class LikelihoodQuantiles : IStepState
{
    // 12 nats a token are more than a uniform choice among any vocabulary costs; 2^14 bins of the longest sequence are under 1 nat at a context of 1024.
    private const double NatsPerToken = 12;
    private const int NumBins = 1 << 14;

    private readonly double binWidth;
    private readonly RunningMean histogram;

    public LikelihoodQuantiles(long maxLength, Device? device)
    {
        binWidth = NatsPerToken * maxLength / NumBins;
        histogram = new RunningMean("likelihoods", NumBins, priorCount: 0, device: device);
    }

    public IReadOnlyList<Tensor> Pending => histogram.Pending;

    public IReadOnlyDictionary<string, Tensor> State => histogram.State;

    /// <summary>Adds the log-likelihoods, (B) float64, of the sequences that count, (B) bool, to what is pending.</summary>
    public void Observe(Tensor logLikelihoods, Tensor counted)
    {
        using var scope = NewDisposeScope();
        var counts = zeros(NumBins, dtype: ScalarType.Float64, device: logLikelihoods.device);
        counts.scatter_add_(0, BinOf(logLikelihoods), counted.to(ScalarType.Float64));
        histogram.Observe(counts, counts);
    }

    public void Commit() => histogram.Commit();

    /// <summary>(B) float64 from 0 to 1: the share of sequences seen that are less likely, half of those alike included.</summary>
    public Tensor RankOf(Tensor logLikelihoods)
    {
        using var scope = NewDisposeScope();
        var counts = histogram.Sum;
        // Bins go from the most to the least likely.
        var less = counts.sum() - counts.cumsum(0) + counts * 0.5;
        return (less / counts.sum()).index_select(0, BinOf(logLikelihoods)).MoveToOuterDisposeScope();
    }

    public void Load(IReadOnlyDictionary<string, Tensor> state) => histogram.Load(state);

    public void Dispose() => histogram.Dispose();

    private Tensor BinOf(Tensor logLikelihoods) => (logLikelihoods * (-1 / binWidth)).clamp(0, NumBins - 1).to(ScalarType.Int64);
}
