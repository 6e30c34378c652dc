using Lhts.Objectives;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Tests.Extending;

/// <summary>Maximum likelihood of the tokens that are not yet learned: those with -log q above a floor.</summary>
public sealed record ClippedLikelihoodRecipe : ObjectiveRecipe
{
    /// <summary>Tokens with a lower -log q do not count, in nats. Default 0.5.</summary>
    public double Floor { get; init; } = 0.5;

    public override IObjective Build(ObjectiveContext context) => new ClippedLikelihood(Floor);

    public override void Check(Validator validator, StudentRecipe student) => validator.Within("floor", Floor, 0, 100, "use e.g. 0.5");
}

internal sealed class ClippedLikelihood(double floor) : IObjective
{
    public static Figure Counted { get; } =
        new("lhts.floor.counted", "1", "Share of tokens above the floor.", Statistic.PerToken(new("counted"))) { Key = "counted" };

    public IReadOnlyList<Figure> Figures { get; } = [.. LossFigures.All, Counted];

    public TeacherNeeds Needs => TeacherNeeds.None;

    public ObjectiveLoss Loss(ObjectiveBatch batch, StudentStates student, TeacherSignal? teacher)
    {
        var logits = student.Logits(); // (B, L, V)
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var counts = batch.Mask.logical_and(TokenHead.LogProbs(logits, batch.Targets).lt(-floor)).to(ScalarType.Float64); // (B, L)
        var head = TokenHead.Differentiate(logits, batch.Targets, counts, divergence: null);
        var figures = new FigureValues(batch.Mask).Add(LossFigures.Loss, -(head.LogProbs * counts).sum(dim: 1)).Add(Counted, counts.sum(dim: 1)); // (B) each
        return new(figures.MoveToOuterDisposeScope(), logits, head.Gradient.MoveToOuterDisposeScope());
    }
}
