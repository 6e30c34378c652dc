using TorchSharp;

namespace Lhts.Objectives;

/// <summary>What the frozen teacher says about a micro-batch, aligned with its targets. Nothing here carries a gradient.</summary>
/// <param name="LogProbs">(B, L): log p(x_i | x_&lt;i) at temperature 1.</param>
/// <param name="Logits">
/// (B, L, V), for <see cref="TeacherNeeds.Logits"/>; null where <see cref="Head"/> makes them of <paramref name="HiddenStates"/>.
/// </param>
/// <param name="HiddenStates">(B, L, D): the last hidden state, from which the logits at i are computed; for <see cref="TeacherNeeds.HiddenStates"/>.</param>
public sealed record TeacherSignal(torch.Tensor LogProbs, torch.Tensor? Logits = null, torch.Tensor? HiddenStates = null)
{
    /// <summary>Makes logits of the hidden states, some rows at a time, for <see cref="TokenDivergence.Of"/>. Default null.</summary>
    public LinearHead? Head { get; init; }
}

/// <summary>Which parts of a <see cref="TeacherSignal"/> an objective reads.</summary>
[Flags]
public enum TeacherNeeds
{
    /// <summary>No teacher at all.</summary>
    None = 0,

    /// <summary><see cref="TeacherSignal.LogProbs"/>, in Observe and in Loss.</summary>
    LogProbs = 1,

    /// <summary><see cref="TeacherSignal.Logits"/>, or <see cref="TeacherSignal.HiddenStates"/> and the head that makes them, in Loss.</summary>
    Logits = 2,

    /// <summary><see cref="TeacherSignal.HiddenStates"/>, in Observe and in Loss.</summary>
    HiddenStates = 4,
}
