using TorchSharp;
using TorchSharp.Modules;

namespace Lhts.Objectives;

/// <summary>
/// What a training step minimises: the sum of a loss over sequences, each of which needs to know nothing of the others. Two members are a whole objective;
/// one whose sequences must agree on something first (running means, quantiles, pairs) has an <see cref="Agreement"/>.
/// </summary>
public interface IObjective : IDisposable
{
    /// <summary>The parts of the teacher's signal that are read.</summary>
    TeacherNeeds Needs { get; }

    /// <summary>The loss of a micro-batch as a sum over its sequences, with its gradient ready.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="student">The student's last hidden states, and the head that makes logits of them.</param>
    /// <param name="teacher">What <see cref="Needs"/> asks for.</param>
    ObjectiveLoss Loss(ObjectiveBatch batch, StudentStates student, TeacherSignal? teacher);

    /// <summary>What the sequences of a step agree on before the first loss. Default null: nothing.</summary>
    IStepAgreement? Agreement => null;

    /// <summary>Parameters of the objective's own, trained by the same loss. Default none.</summary>
    IReadOnlyList<(string Name, Parameter Parameter)> Parameters => [];

    /// <summary>The figures that <see cref="Loss"/> adds to, its own among them. Default <see cref="LossFigures.All"/>.</summary>
    IReadOnlyList<Figure> Figures => LossFigures.All;

    /// <summary>What the step's loss is divided by, summed over its micro-batches. Default: the sequences that have a valid position.</summary>
    double CountOf(ObjectiveBatch batch) => SequenceMeans.CountOf(batch.Mask);

    /// <summary>What the student is conditioned on, (B). Default: the temperatures.</summary>
    torch.Tensor ConditionOf(ObjectiveBatch batch, TeacherSignal? teacher) => batch.Temperatures.alias();

    /// <inheritdoc/>
    void IDisposable.Dispose()
    {
    }
}
