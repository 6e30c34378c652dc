using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>Maximum likelihood, for training teachers: the mean over all valid tokens of the step of -log q(x_i | x_&lt;i).</summary>
/// <remarks>The mean is over tokens, as usual for language models: a long document counts more than a short one, unlike in LHTS.</remarks>
public sealed class MleObjective : IObjective
{
    /// <inheritdoc/>
    public TeacherNeeds Needs => TeacherNeeds.None;

    /// <summary>The number of valid tokens.</summary>
    public double CountOf(ObjectiveBatch batch)
    {
        using var scope = NewDisposeScope();
        return batch.Mask.to(ScalarType.Float64).sum().cpu().item<double>();
    }

    /// <inheritdoc/>
    public ObjectiveLoss Loss(ObjectiveBatch batch, StudentStates student, TeacherSignal? teacher)
    {
        var root = student.Root(); // (B, L, E) or (B, L, V)
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var valid = batch.Mask.to(ScalarType.Float64); // (B, L)
        var head = TokenHead.Differentiate(root, student, batch, valid, divergence: null);
        var loss = -where(batch.Mask, head.LogProbs.to(ScalarType.Float64), zeros_like(valid)).sum(dim: 1); // (B)
        var figures = new FigureValues(batch.Mask)
            .Add(FigureColumn.Count, valid.sum(dim: 1)).Add(LossFigures.Loss, loss).Add(LossFigures.Likelihood, loss).Add(LossFigures.Surprisal, loss);
        return ObjectiveLoss.Of(figures, root, student, head).MoveToOuterDisposeScope();
    }
}
