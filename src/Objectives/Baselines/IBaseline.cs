using TorchSharp;

namespace Lhts.Objectives;

/// <summary>Gives the log weights a*s less a baseline, and keeps what the baseline is computed from.</summary>
public interface IBaseline : IStepState
{
    /// <summary>Adds a micro-batch to the pending sums.</summary>
    void Observe(WeightInputs inputs);

    /// <summary>Folds the pending sums in.</summary>
    void Commit();

    /// <summary>a*s - baseline, before the clip, from the committed sums alone.</summary>
    /// <returns>(B, L) float64; where the mask is zero the value has no meaning.</returns>
    torch.Tensor LogWeights(WeightInputs inputs);
}
