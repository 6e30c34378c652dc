using Lhts.Distributed;
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
    /// <param name="updated">What is updated: whole parameters, or stretches of them.</param>
    /// <param name="objective">Which parameters are the objective's.</param>
    /// <param name="training">The settings.</param>
    /// <param name="objectiveRate">The highest rate of the objective's.</param>
    public static AdamW Build(IReadOnlyList<ParameterShard> updated, IReadOnlySet<Parameter> objective, OptimizationRecipe training, double objectiveRate)
    {
        var ofModel = updated.Where(shard => !objective.Contains(shard.Whole)).ToLookup(shard => shard.Whole.ndim >= 2);
        AdamW.ParamGroup[] groups =
        [
            Group(ofModel[true], training, training.LearningRate, training.WeightDecay),
            Group(ofModel[false], training, training.LearningRate, weightDecay: 0),
            Group(updated.Where(shard => objective.Contains(shard.Whole)), training, objectiveRate, weightDecay: 0),
        ];
        return optim.AdamW(groups.Where(group => group.Parameters.Any()), training.LearningRate, training.Beta1, training.Beta2);
    }

    /// <summary>Sets the rate of every group to the same share of its own highest rate.</summary>
    public static void SetRate(AdamW optimizer, double share)
    {
        foreach (var group in optimizer.ParamGroups) group.LearningRate = group.InitialLearningRate * share;
    }

    private static AdamW.ParamGroup Group(IEnumerable<ParameterShard> updated, OptimizationRecipe training, double rate, double weightDecay) =>
        new(updated.Select(shard => shard.Slice).ToArray(), rate, training.Beta1, training.Beta2, training.Epsilon, weightDecay);
}
