using TorchSharp;

namespace Lhts.Objectives;

/// <summary>
/// Statistics that are gathered over all sequences of a step and folded in at once, so that what a step computes does not depend on
/// how its sequences are split over micro-batches and ranks.
/// </summary>
public interface IStepState : IDisposable
{
    /// <summary>Sums gathered since the last commit. Float64, additive: with several ranks each is summed over them before the commit.</summary>
    IReadOnlyList<torch.Tensor> Pending { get; }

    /// <summary>What a checkpoint holds, by name. The tensors are the live ones: copy to keep.</summary>
    IReadOnlyDictionary<string, torch.Tensor> State { get; }

    /// <summary>Takes over the values of a saved <see cref="State"/> and drops what is pending.</summary>
    /// <exception cref="ArgumentException">A name is missing or a shape differs.</exception>
    void Load(IReadOnlyDictionary<string, torch.Tensor> state);
}
