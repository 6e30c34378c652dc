using TorchSharp;

namespace Lhts.Objectives.Tests.Exact;

/// <summary>A baseline that Proposition 4.2 does not allow: half of the predicted token's own share of the weight.</summary>
internal sealed class ImproperBaseline : IBaseline
{
    private readonly NoBaseline sums = new(horizon: null);

    public IReadOnlyList<torch.Tensor> Pending => [];

    public IReadOnlyDictionary<string, torch.Tensor> State => sums.State;

    public void Observe(WeightInputs inputs)
    {
    }

    public void Commit()
    {
    }

    public torch.Tensor LogWeights(WeightInputs inputs) =>
        sums.LogWeights(inputs) - 0.5 * inputs.Exponents * inputs.LogProbs;

    public void Load(IReadOnlyDictionary<string, torch.Tensor> state)
    {
    }

    public void Dispose() => sums.Dispose();
}
