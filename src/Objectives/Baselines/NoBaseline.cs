using TorchSharp;

namespace Lhts.Objectives;

/// <summary>Log weights a*s.</summary>
public sealed class NoBaseline(long? horizon) : IBaseline
{
    /// <inheritdoc/>
    public IReadOnlyList<torch.Tensor> Pending => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, torch.Tensor> State { get; } = new Dictionary<string, torch.Tensor>();

    /// <inheritdoc/>
    public void Observe(WeightInputs inputs)
    {
    }

    /// <inheritdoc/>
    public void Commit()
    {
    }

    /// <inheritdoc/>
    public torch.Tensor LogWeights(WeightInputs inputs)
    {
        using var sums = HorizonSum.Of(inputs.LogProbs, inputs.Read, horizon);
        return sums * inputs.Exponents; // (B, L)
    }

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, torch.Tensor> state)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
