using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>The divergence's part of a loss.</summary>
/// <param name="TeacherLogits">(B, L, V), or hidden states (B, L, E) of which <see cref="Head"/> makes them.</param>
/// <param name="Scale">(B, L): k, zero where a position does not count.</param>
/// <param name="Direction">Which divergence.</param>
public sealed record TokenDivergence(Tensor TeacherLogits, Tensor Scale, KlDirection Direction)
{
    /// <summary>(B, L): what the teacher's logits are multiplied by, in float32 or wider, before their softmax. Default null: nothing.</summary>
    public Tensor? InverseTemperatures { get; init; }

    /// <summary>Makes the teacher's logits, some rows at a time. Default null: they are there.</summary>
    public LinearHead? Head { get; init; }

    /// <summary>From what a teacher says.</summary>
    /// <exception cref="ArgumentException">It says neither logits nor hidden states with a head.</exception>
    public static TokenDivergence Of(TeacherSignal teacher, Tensor scale, KlDirection direction)
    {
        if (teacher.Logits is { } logits) return new(logits, scale, direction);
        if (teacher is { Head: { } head, HiddenStates: { } states }) return new(states, scale, direction) { Head = head };
        throw new ArgumentException("The divergence from the teacher needs the teacher's logits.", nameof(teacher));
    }
}

/// <summary>
/// A control variate of a weighted likelihood: r = q(x_i|prefix) / p(x_i|prefix), whose product with the derivative of log q has the mean
/// zero under x_i ~ p, whatever q is. Weights less r leave the expected gradient as it is, and vanish where the student has learnt them.
/// </summary>
/// <param name="LogProbs">(B, L): log p of the targets.</param>
/// <param name="Scale">(B, L): what r is multiplied by, zero where a position does not count.</param>
/// <param name="Clip">Upper bound of log r, the weights' own, so that a clipped weight too can be learnt; null for none.</param>
public sealed record TokenControl(Tensor LogProbs, Tensor Scale, double? Clip)
{
    /// <summary>r in float64, of the shape of <see cref="LogProbs"/>.</summary>
    /// <param name="studentLogProbs">log q of the targets.</param>
    public Tensor Of(Tensor studentLogProbs)
    {
        using var scope = NewDisposeScope();
        var ratio = studentLogProbs.to(ScalarType.Float64) - LogProbs.to(ScalarType.Float64);
        if (Clip is { } bound) ratio = ratio.clamp_max(bound);
        return ratio.exp().MoveToOuterDisposeScope();
    }
}

/// <summary>What <see cref="TokenHead.Differentiate"/> returns.</summary>
/// <param name="LogProbs">(B, L): log q(target).</param>
/// <param name="Kl">(B, L) in nats, unscaled; null without a divergence.</param>
/// <param name="Gradient">The derivative of the loss by the logits (B, L, V), in their type; by the hidden states (B, L, E) where a head made them.</param>
public sealed record TokenHeadResult(Tensor LogProbs, Tensor? Kl, Tensor Gradient)
{
    /// <summary>(V, E): the derivative by the head's weight. Default null: there is no head, or no row counts.</summary>
    public Tensor? WeightGradient { get; init; }
}
