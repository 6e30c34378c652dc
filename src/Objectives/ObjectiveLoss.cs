using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>The summed loss of a micro-batch with the gradient already taken up to the student's logits.</summary>
/// <param name="Figures">The loss and what else there is to know of it, for each sequence.</param>
/// <param name="Logits">(B, L, V): the student's logits, the root of the graph.</param>
/// <param name="Gradient">(B, L, V): the derivative of the summed loss by the logits, in their type.</param>
/// <param name="Auxiliary">Scalar: the summed loss of the objective's own parameters, or null.</param>
public sealed record ObjectiveLoss(FigureValues Figures, Tensor Logits, Tensor Gradient, Tensor? Auxiliary = null)
{
    /// <summary>
    /// Adds the gradient of the summed loss times <paramref name="scale"/> to the parameters' gradients. Once for each loss: the gradient is scaled in place.
    /// </summary>
    public void Backward(double scale)
    {
        using (no_grad()) Gradient.mul_(scale);
        Logits.backward([Gradient]);
        if (Auxiliary is null) return;
        using var scaled = Auxiliary * scale;
        scaled.backward();
    }
}
