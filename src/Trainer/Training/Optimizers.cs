using Lhts.Trainer.Recipes;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Trainer.Training;

/// <summary>Makes optimizers as a recipe says.</summary>
internal static class Optimizers
{
    /// <summary>AdamW in two groups: matrices decay, vectors (biases, layer norms) do not.</summary>
    public static AdamW Build(IEnumerable<Parameter> parameters, OptimizationRecipe training)
    {
        var byRank = parameters.ToLookup(parameter => parameter.ndim >= 2);
        AdamW.ParamGroup[] groups =
        [
            Group(byRank[true], training, training.WeightDecay),
            Group(byRank[false], training, weightDecay: 0),
        ];
        return optim.AdamW(groups.Where(group => group.Parameters.Any()), training.LearningRate, training.Beta1, training.Beta2);
    }

    private static AdamW.ParamGroup Group(IEnumerable<Parameter> parameters, OptimizationRecipe training, double weightDecay) =>
        new(parameters.ToArray(), training.LearningRate, training.Beta1, training.Beta2, weight_decay: weightDecay);
}
