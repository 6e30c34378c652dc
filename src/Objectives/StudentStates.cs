using TorchSharp;

namespace Lhts.Objectives;

/// <summary>What the student makes of a micro-batch, with its graph. B sequences, L positions, E width, V vocabulary.</summary>
/// <param name="HiddenStates">(B, L, E): state i is what the prediction at i is made from.</param>
/// <param name="Head">From states (..., E) to logits (..., V).</param>
public sealed record StudentStates(torch.Tensor HiddenStates, Func<torch.Tensor, torch.Tensor> Head)
{
    /// <summary>
    /// The head as a matrix, where it is one: what the loss and its derivative are made of without all logits at once (<see cref="TokenHead"/>). Default null.
    /// </summary>
    public LinearHead? Linear { get; init; }

    /// <summary>(B, L, V): makes the logits, with their graph; belongs to the current dispose scope.</summary>
    public torch.Tensor Logits() => Head(HiddenStates);

    /// <summary>Where a loss begins: the states, (B, L, E), with a linear head; else the logits, which it makes in the current dispose scope.</summary>
    public torch.Tensor Root() => Linear is null ? Logits() : HiddenStates;

    /// <summary>States that are logits already, for students without a head.</summary>
    public static StudentStates OfLogits(torch.Tensor logits) => new(logits, states => states);
}
