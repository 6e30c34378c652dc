using Lhts.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Objectives;

/// <summary>Distils each token's own temperature.</summary>
public sealed record MyopicRecipe : ObjectiveRecipe
{
    /// <inheritdoc/>
    public override IObjective Build(ObjectiveContext context) => new MyopicObjective();

    /// <inheritdoc/>
    public override void CheckScores(Validator validator) => validator.Check(
        false, "kind", new KindName("myopic"), "another than myopic with teacher.scores, since it distils the teacher's logits",
        "choose another, or leave teacher.scores out");
}

/// <summary>Maximum likelihood given the quantile of the sequence's likelihood under the teacher (Quark).</summary>
public sealed record PartitionRecipe : ObjectiveRecipe
{
    /// <summary>Weight of the KL. Default 0.05.</summary>
    public double Beta { get; init; } = 0.05;

    /// <summary>Quantiles of the likelihood, and so tags of the student. Default 5.</summary>
    public int Quantiles { get; init; } = 5;

    /// <inheritdoc/>
    internal override bool HasTemperature => false;

    /// <inheritdoc/>
    internal override double? BestTag => Options.BestTag;

    /// <inheritdoc/>
    internal override double? LowestTag => Options.TagOf(0);

    private PartitionOptions Options => new() { NumQuantiles = Quantiles, Beta = Beta };

    /// <inheritdoc/>
    public override IObjective Build(ObjectiveContext context) => new PartitionObjective(Options, context.ContextLength, context.Device);

    /// <inheritdoc/>
    public override void Check(Validator validator, StudentRecipe student)
    {
        validator.Within("beta", Beta, 0, 1e6, "use e.g. 0.05");
        validator.Check(Quantiles >= 2, "quantiles", Quantiles, "at least 2", "the best of one quantile is everything");
        validator.Check(Quantiles <= 1000, "quantiles", Quantiles, "at most 1000", "use e.g. 5");
    }

    /// <inheritdoc/>
    public override void CheckScores(Validator validator) =>
        validator.Check(Beta == 0, "beta", Beta, "0 with teacher.scores", "set it to 0, or leave teacher.scores out");
}

/// <summary>Squared differences over pairs of sequences (Scheufele et al.).</summary>
public sealed record PairwiseRecipe : ObjectiveRecipe
{
    /// <inheritdoc/>
    public override IObjective Build(ObjectiveContext context) => new PairwiseObjective(context.Student.Temperatures.Bins, context.Device);
}

/// <summary>Maximum likelihood.</summary>
public sealed record MleRecipe : ObjectiveRecipe
{
    /// <inheritdoc/>
    internal override bool HasTemperature => false;

    /// <inheritdoc/>
    internal override bool HasCondition => false;

    /// <inheritdoc/>
    public override IObjective Build(ObjectiveContext context) => new MleObjective();
}
