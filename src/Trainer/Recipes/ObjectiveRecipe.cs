using Lhts.Objectives;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Recipes;

/// <summary>What a student can be trained on; docs/objectives.md compares them.</summary>
public enum ObjectiveKind
{
    /// <summary>Long Horizon Temperature Scaling.</summary>
    Lhts,

    /// <summary>Distils each token's own temperature.</summary>
    Myopic,

    /// <summary>Maximum likelihood given the quantile of the sequence's likelihood under the teacher (Quark).</summary>
    Partition,

    /// <summary>Squared differences over pairs of sequences (Scheufele et al.).</summary>
    Pairwise,

    /// <summary>Maximum likelihood.</summary>
    Mle,
}

/// <summary>The student's objective; the defaults of lhts are those of the released GPT-2 settings.</summary>
public sealed record ObjectiveRecipe : IConditionalKeys
{
    /// <summary>lhts, myopic, partition, pairwise or mle. Default lhts.</summary>
    public ObjectiveKind Kind { get; init; } = ObjectiveKind.Lhts;

    /// <summary>Tokens whose log-probs a weight counts. Default 8; null for all up to the document's end.</summary>
    [Kinds(ObjectiveKind.Lhts)]
    public long? Horizon { get; init; } = 8;

    /// <summary>Upper bound of the log weight. Default 3; null for none.</summary>
    [Kinds(ObjectiveKind.Lhts)]
    public double? Clip { get; init; } = 3;

    /// <summary>none, mean, index, index-token, or learned: a head on the teacher's hidden state. Default index-token.</summary>
    [Kinds(ObjectiveKind.Lhts)]
    public BaselineKind Baseline { get; init; } = BaselineKind.IndexToken;

    /// <summary>What stands for the future beyond the horizon: drop (nothing, as in the paper) or bootstrap (the learned baseline). Default drop.</summary>
    [Kinds(ObjectiveKind.Lhts)]
    public TailKind Tail { get; init; } = TailKind.Drop;

    /// <summary>
    /// What is taken off the weights, to vary less: none, or student, what the student already gives the token; only for the teacher's samples. Default: nothing,
    /// which is student with a learned baseline and source teacher, else none.
    /// </summary>
    [Kinds(ObjectiveKind.Lhts)]
    public ControlKind? Control { get; init; }

    /// <summary>The highest learning rate of the learned baseline, which starts from nothing. Default 1e-3.</summary>
    [Kinds(ObjectiveKind.Lhts)]
    public double HeadLearningRate { get; init; } = 1e-3;

    /// <summary>student-teacher is KL(q||p), teacher-student KL(p||q). Default student-teacher.</summary>
    [Kinds(ObjectiveKind.Lhts)]
    public KlDirection KlDirection { get; init; } = KlDirection.StudentTeacher;

    /// <summary>Weight of the KL. Default 0.05.</summary>
    [Kinds(ObjectiveKind.Lhts, ObjectiveKind.Partition)]
    public double Beta { get; init; } = 0.05;

    /// <summary>Divide each temperature's loss by its own running mean. Default: nothing, which does so with several temperatures.</summary>
    [Kinds(ObjectiveKind.Lhts)]
    public bool? NormalisePerTemperature { get; init; }

    /// <summary>Quantiles of the likelihood, and so tags of the student. Default 5.</summary>
    [Kinds(ObjectiveKind.Partition)]
    public int Quantiles { get; init; } = 5;

    /// <inheritdoc/>
    public IEnumerable<UnusedKey> UnusedKeys => UnusedKey.NotOf(typeof(ObjectiveRecipe), Kind);

    /// <summary>Whether there is a temperature in it at all.</summary>
    internal bool HasTemperature => Kind is ObjectiveKind.Lhts or ObjectiveKind.Myopic or ObjectiveKind.Pairwise;
}
