using Lhts.Objectives;
using Lhts.Trainer.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Training;

/// <summary>What an objective has gathered before a step, to go back to if the step is left out.</summary>
internal sealed class ObjectiveUndo
{
    private readonly IStepAgreement? agreement;
    private readonly Dictionary<string, Tensor> before;

    private ObjectiveUndo(IStepAgreement? agreement)
    {
        this.agreement = agreement;
        using var noGrad = no_grad();
        before = agreement?.State.ToDictionary(entry => entry.Key, entry => entry.Value.clone()) ?? [];
    }

    /// <summary>Copies the state where steps may be left out; null where a step that is not finite ends the run.</summary>
    public static ObjectiveUndo? For(IObjective objective, OnNonFinite onNonFinite) => onNonFinite == OnNonFinite.Skip ? new(objective.Agreement) : null;

    /// <summary>Puts the state back.</summary>
    public void Undo() => agreement?.Load(before);
}
