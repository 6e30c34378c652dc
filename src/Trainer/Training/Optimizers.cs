using Lhts.Trainer.Recipes;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Trainer.Training;

/// <summary>Makes optimizers as a recipe says.</summary>
internal static class Optimizers
{
    /// <summary>
    /// AdamW in groups: the model's matrices decay, its vectors (biases, layer norms) do not; the objective's own parameters start from
    /// nothing and have a rate of their own.
    /// </summary>
    public static AdamW Build(IEnumerable<Parameter> model, IEnumerable<Parameter> objective, OptimizationRecipe training, double objectiveRate)
    {
        var byRank = model.ToLookup(parameter => parameter.ndim >= 2);
        AdamW.ParamGroup[] groups =
        [
            Group(byRank[true], training, training.LearningRate, training.WeightDecay),
            Group(byRank[false], training, training.LearningRate, weightDecay: 0),
            Group(objective, training, objectiveRate, weightDecay: 0),
        ];
        return optim.AdamW(groups.Where(group => group.Parameters.Any()), training.LearningRate, training.Beta1, training.Beta2);
    }

    /// <summary>Sets the rate of every group to the same share of its own highest rate.</summary>
    public static void SetRate(AdamW optimizer, double share)
    {
        foreach (var group in optimizer.ParamGroups) group.LearningRate = group.InitialLearningRate * share;
    }

    private static AdamW.ParamGroup Group(IEnumerable<Parameter> parameters, OptimizationRecipe training, double rate, double weightDecay) =>
        new(parameters.ToArray(), rate, training.Beta1, training.Beta2, weight_decay: weightDecay);
}
