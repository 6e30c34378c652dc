using TorchSharp;

namespace Lhts.Objectives;

/// <summary>What the student makes of a micro-batch, with its graph. B sequences, L positions, E width, V vocabulary.</summary>
/// <param name="HiddenStates">(B, L, E): state i is what the prediction at i is made from.</param>
/// <param name="Head">From states (..., E) to logits (..., V).</param>
public sealed record StudentStates(torch.Tensor HiddenStates, Func<torch.Tensor, torch.Tensor> Head)
{
    /// <summary>(B, L, V): makes the logits, with their graph; belongs to the current dispose scope.</summary>
    public torch.Tensor Logits() => Head(HiddenStates);

    /// <summary>States that are logits already, for students without a head.</summary>
    public static StudentStates OfLogits(torch.Tensor logits) => new(logits, states => states);
}
