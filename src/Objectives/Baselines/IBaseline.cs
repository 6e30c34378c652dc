using TorchSharp;
using TorchSharp.Modules;

namespace Lhts.Objectives;

/// <summary>Gives the log weights a*s less a baseline, and keeps what the baseline is computed from.</summary>
public interface IBaseline : IStepState
{
    /// <summary>What is read of the teacher besides its log-probs.</summary>
    TeacherNeeds Needs => TeacherNeeds.None;

    /// <summary>Parameters that <see cref="AuxiliaryLoss"/> trains.</summary>
    IReadOnlyList<(string Name, Parameter Parameter)> Parameters => [];

    /// <summary>Adds a micro-batch to the pending sums.</summary>
    void Observe(WeightInputs inputs);

    /// <summary>Folds the pending sums in.</summary>
    void Commit();

    /// <summary>a*s - baseline, before the clip, from the committed sums alone.</summary>
    /// <returns>(B, L) float64; where the mask is zero the value has no meaning.</returns>
    torch.Tensor LogWeights(WeightInputs inputs);

    /// <summary>
    /// (B, L) float64: the loss that trains the parameters, with its graph; null without any. Where the mask is zero the value has no meaning.
    /// </summary>
    /// <param name="inputs">The teacher's log-probs and what goes with them.</param>
    /// <param name="controls">(B, L) float64: numbers with the mean 1 under p that vary as the weights should, or null; see <see cref="TokenControl"/>.</param>
    torch.Tensor? AuxiliaryLoss(WeightInputs inputs, torch.Tensor? controls = null) => null;
}
