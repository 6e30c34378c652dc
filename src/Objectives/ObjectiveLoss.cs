using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>The summed loss of a micro-batch with the gradient already taken up to the student's logits, or its last hidden states.</summary>
/// <param name="Figures">The loss and what else there is to know of it, for each sequence.</param>
/// <param name="Root">(B, L, V) or (B, L, E): the student's logits or states, the root of the graph.</param>
/// <param name="Gradient">The derivative of the summed loss by the root, in its shape and type.</param>
/// <param name="Auxiliary">Scalar: the summed loss of the objective's own parameters, or null.</param>
public sealed record ObjectiveLoss(FigureValues Figures, Tensor Root, Tensor Gradient, Tensor? Auxiliary = null)
{
    /// <summary>The head's weight and the derivative of the summed loss by it, where the root is the states. Default null.</summary>
    public (Tensor Weight, Tensor Gradient)? Head { get; init; }

    /// <summary>Of a head's result.</summary>
    /// <param name="figures">The loss and what else there is to know of it.</param>
    /// <param name="root">Where it begins.</param>
    /// <param name="student">The student.</param>
    /// <param name="head">What <see cref="TokenHead"/> gave for it.</param>
    /// <param name="auxiliary">Scalar: the summed loss of the objective's own parameters, or null.</param>
    public static ObjectiveLoss Of(FigureValues figures, Tensor root, StudentStates student, TokenHeadResult head, Tensor? auxiliary = null) =>
        new(figures, root, head.Gradient, auxiliary)
        {
            Head = head.WeightGradient is { } gradient ? (student.Linear!.Weight, gradient) : null,
        };

    /// <summary>Hands what was made for the loss to the scope around the current one, all but the root.</summary>
    internal ObjectiveLoss MoveToOuterDisposeScope()
    {
        Figures.MoveToOuterDisposeScope();
        Gradient.MoveToOuterDisposeScope();
        Auxiliary?.MoveToOuterDisposeScope();
        Head?.Gradient.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>
    /// Adds the gradient of the summed loss times <paramref name="scale"/> to the parameters' gradients. Once for each loss: the gradient is scaled in place.
    /// </summary>
    public void Backward(double scale)
    {
        using (no_grad())
        {
            Gradient.mul_(scale);
            if (Head is { } head) AddTo(head.Weight, head.Gradient, scale);
        }

        Root.backward([Gradient]);
        if (Auxiliary is null) return;
        using var scaled = Auxiliary * scale;
        scaled.backward();
    }

    /// <summary>Before the graph's own part: who waits for a parameter's gradient is told by that.</summary>
    private static void AddTo(Tensor weight, Tensor gradient, double scale)
    {
        if (weight.grad is { } sum) sum.add_(gradient, scale);
        else weight.grad = gradient.mul_(scale);
    }
}
