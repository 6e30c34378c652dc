using Lhts.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Objectives;

/// <summary>What the objectives with a learned log flow share.</summary>
public abstract record FlowRecipe : ObjectiveRecipe
{
    /// <summary>How far a token's credit looks ahead: 0 is one token, 1 the end. Default 0.9.</summary>
    public double Lambda { get; init; } = 0.9;

    /// <summary>The highest learning rate of the log flow, which starts from nothing. Default 1e-3; 3e-3 for soft-policy.</summary>
    public double HeadLearningRate { get; init; } = 1e-3;

    /// <summary>
    /// Most nats a sequence by which a step may move the student on its own samples: above, the learning rate is lowered. Default 1; null for any.
    /// </summary>
    public double? TrustRegion { get; init; } = 1;

    /// <inheritdoc/>
    internal override double HeadRate => HeadLearningRate;

    /// <inheritdoc/>
    internal override double? StepBound => TrustRegion;

    /// <inheritdoc/>
    public override void Check(Validator validator, StudentRecipe student)
    {
        validator.Within("lambda", Lambda, 0, 1, "use e.g. 0.9");
        validator.Within("headLearningRate", HeadLearningRate, 1e-12, 100, "use e.g. 1e-3");
        validator.Within("trustRegion", TrustRegion ?? 1, 1e-6, 1e6, "use e.g. 1, or null for none");
    }

    /// <inheritdoc/>
    public override void CheckScores(Validator validator) => validator.Check(
        false, "kind", new KindName(ObjectiveKinds.All.NameOf(this)), "another with teacher.scores, since its flow reads the teacher's hidden states",
        "choose another, or leave teacher.scores out");

    /// <summary>The settings of the flow.</summary>
    protected FlowOptions Options => new() { Lambda = Lambda };
}

/// <summary>KL-regularised policy gradient with lambda-returns on the soft value, on the student's own samples.</summary>
public sealed record SoftPolicyRecipe : FlowRecipe
{
    /// <summary>A flow that learns as fast as the student does.</summary>
    public SoftPolicyRecipe() => HeadLearningRate = 3e-3;

    /// <summary>
    /// Tokens that texts are to have on average where they may end, such as the teacher's own have: p_T at a low T wants texts of a few tokens. Default null:
    /// as long as p_T has them.
    /// </summary>
    public double? MeanLength { get; init; }

    /// <inheritdoc/>
    public override IObjective Build(ObjectiveContext context) =>
        new SoftPolicyObjective(
            Options with { MeanLength = MeanLength }, context.ContextLength, context.Teacher.EmbeddingSize, context.Teacher.EmbeddingSize, context.Device);

    /// <inheritdoc/>
    public override void Check(Validator validator, StudentRecipe student)
    {
        base.Check(validator, student);
        validator.Within("meanLength", MeanLength ?? 1, 1, 1e9, "use e.g. the mean length of the teacher's samples");
        validator.Check(
            MeanLength is null || student.Lengths != SampleLengths.Fixed, "meanLength", MeanLength, "null with lengths: fixed", "leave it out");
        validator.Check(
            student.Source.IsOwnOrTargetOnly, "kind", new KindName("soft-policy"),
            "with source student and nothing mixed in but a jointShare: its gradient is that of the student's own samples",
            "set source: student, or choose subtb, which learns from any sequences");
    }
}

/// <summary>Sub-trajectory balance, on any sequences.</summary>
public sealed record SubTrajectoryBalanceRecipe : FlowRecipe
{
    /// <inheritdoc/>
    public override IObjective Build(ObjectiveContext context) =>
        new SubTrajectoryBalanceObjective(Options, context.ContextLength, context.Teacher.EmbeddingSize, context.Teacher.EmbeddingSize, context.Device);
}

/// <summary>Trajectory balance in its log-variance form: the variance over sequences of log p(x)/T - log q(x).</summary>
public sealed record TrajectoryBalanceRecipe : ObjectiveRecipe
{
    /// <inheritdoc/>
    public override IObjective Build(ObjectiveContext context) =>
        new PairwiseObjective(context.Student.Temperatures.Bins, context.Device) { IsOfTarget = true };
}
