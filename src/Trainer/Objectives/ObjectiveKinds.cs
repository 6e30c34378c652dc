using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Objectives;

/// <summary>Every objective that a recipe can name: one line each.</summary>
public static class ObjectiveKinds
{
    /// <summary>The kinds.</summary>
    public static KindRegistry<ObjectiveRecipe> All { get; } = new KindRegistry<ObjectiveRecipe>()
        .Add<LhtsRecipe>("lhts")
        .Add<SoftPolicyRecipe>("soft-policy")
        .Add<SubTrajectoryBalanceRecipe>("subtb")
        .Add<TrajectoryBalanceRecipe>("trajectory-balance")
        .Add<MyopicRecipe>("myopic")
        .Add<PartitionRecipe>("partition")
        .Add<PairwiseRecipe>("pairwise")
        .Add<MleRecipe>("mle");
}
