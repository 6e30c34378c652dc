using TorchSharp;
using TorchSharp.Modules;

namespace Lhts.Objectives;

/// <summary>
/// What a training step minimises. One step goes
/// <code>
/// do { foreach micro-batch: Observe; sum Pending over the ranks; } while (Commit());
/// foreach micro-batch: Loss(...).Backward(1.0 / count of the whole step);
/// sum Pending over the ranks; EndStep();
/// </code>
/// Everything a loss depends on besides its own sequences is fixed by <see cref="Commit"/>, so the gradient of the step is the same however
/// its sequences are split.
/// </summary>
public interface IObjective : IStepState
{
    /// <summary>The parts of the teacher's signal that are read.</summary>
    TeacherNeeds Needs { get; }

    /// <summary>Whether <see cref="Observe"/> reads <see cref="ObjectiveBatch.StudentLogProbs"/>, which takes one more forward pass. Default false.</summary>
    bool ReadsStudent => false;

    /// <summary>Parameters of the objective's own, trained by the same loss; empty for most.</summary>
    IReadOnlyList<(string Name, Parameter Parameter)> Parameters { get; }

    /// <summary>What the step's loss is divided by: the number of sequences, or of tokens, in the batch that count.</summary>
    double CountOf(ObjectiveBatch batch);

    /// <summary>What the student is conditioned on, (B): the temperatures, unless the objective has its own idea.</summary>
    torch.Tensor ConditionOf(ObjectiveBatch batch, TeacherSignal? teacher);

    /// <summary>Adds a micro-batch to the pending sums. Teacher logits are not read here.</summary>
    void Observe(ObjectiveBatch batch, TeacherSignal? teacher);

    /// <summary>Folds the pending sums in. True when the step's micro-batches must all be observed once more.</summary>
    bool Commit();

    /// <summary>The loss of a micro-batch as a sum, with its gradient ready.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="studentLogits">(B, L, V), any floating type; sums are taken in float32 or wider.</param>
    /// <param name="teacher">What <see cref="Needs"/> asks for.</param>
    ObjectiveLoss Loss(ObjectiveBatch batch, torch.Tensor studentLogits, TeacherSignal? teacher);

    /// <summary>Folds in what the losses of this step have added to the pending sums.</summary>
    void EndStep();
}
