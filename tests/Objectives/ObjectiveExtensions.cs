using TorchSharp;

namespace Lhts.Objectives.Tests;

/// <summary>Objectives of students that are logits.</summary>
internal static class ObjectiveExtensions
{
    /// <summary>The loss of logits, (B, L, V).</summary>
    public static ObjectiveLoss Loss(this IObjective objective, ObjectiveBatch batch, torch.Tensor logits, TeacherSignal? teacher) =>
        objective.Loss(batch, StudentStates.OfLogits(logits), teacher);

    /// <summary>What the loss of a batch is divided by.</summary>
    public static double CountIn(this IObjective objective, ObjectiveBatch batch) => objective.CountOf(batch);

    /// <summary>What is summed over ranks; nothing for an objective without an agreement.</summary>
    public static IReadOnlyList<torch.Tensor> PendingSums(this IObjective objective) => objective.Agreement?.Pending ?? [];
}
