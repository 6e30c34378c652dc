using Lhts.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Objectives;

/// <summary>Long Horizon Temperature Scaling; the defaults are those of the released GPT-2 settings.</summary>
public sealed record LhtsRecipe : ObjectiveRecipe
{
    /// <summary>Tokens whose log-probs a weight counts. Default 8; null for all up to the document's end.</summary>
    public long? Horizon { get; init; } = 8;

    /// <summary>Upper bound of the log weight. Default 3; null for none.</summary>
    public double? Clip { get; init; } = 3;

    /// <summary>none, mean, index, index-token, or learned: a head on the teacher's hidden state. Default index-token.</summary>
    public BaselineKind Baseline { get; init; } = BaselineKind.IndexToken;

    /// <summary>What stands for the future beyond the horizon: drop (nothing, as in the paper) or bootstrap (the learned baseline). Default drop.</summary>
    public TailKind Tail { get; init; } = TailKind.Drop;

    /// <summary>
    /// What is taken off the weights, to vary less: none, or student, what the student already gives the token; only for the teacher's samples. Default:
    /// nothing, which is student with a learned baseline and source teacher, else none.
    /// </summary>
    public ControlKind? Control { get; init; }

    /// <summary>The highest learning rate of the learned baseline, which starts from nothing. Default 1e-3.</summary>
    public double HeadLearningRate { get; init; } = 1e-3;

    /// <summary>student-teacher is KL(q||p), teacher-student KL(p||q). Default student-teacher.</summary>
    public KlDirection KlDirection { get; init; } = KlDirection.StudentTeacher;

    /// <summary>Weight of the KL. Default 0.05.</summary>
    public double Beta { get; init; } = 0.05;

    /// <summary>Divide each temperature's loss by its own running mean. Default: nothing, which does so with several temperatures.</summary>
    public bool? NormalisePerTemperature { get; init; }

    /// <inheritdoc/>
    internal override int LookAhead => new LhtsOptions { Horizon = Horizon, Baseline = Baseline, Tail = Tail }.LookAhead;

    /// <inheritdoc/>
    internal override double HeadRate => HeadLearningRate;

    /// <inheritdoc/>
    public override IObjective Build(ObjectiveContext context)
    {
        var width = context.Teacher.EmbeddingSize;
        return context.Student.Source.IsOwnOnly
            ? new OwnSamplesObjective(new FlowOptions { Horizon = Horizon, Clip = Clip }, context.ContextLength, width, width, context.Device)
            : new LhtsObjective(OptionsFor(context.Student), context.ContextLength, context.Student.Temperatures.Bins, width, context.Device);
    }

    /// <inheritdoc/>
    public override void Check(Validator validator, StudentRecipe student)
    {
        validator.AtLeastOne("horizon", Horizon ?? 1, "a horizon counts the predicted token itself; null has no limit");
        validator.Check(Clip is not { } clip
            || Math.Abs(clip) <= 80, "clip", Clip, "null or between -80 and 80, beyond which exp leaves float32", "use e.g. 3");
        validator.Within("headLearningRate", HeadLearningRate, 1e-12, 100, "use e.g. 1e-3");
        validator.Check(
            Tail == TailKind.Drop || Baseline == BaselineKind.Learned, "tail", Tail, "drop, unless the baseline is learned", "set baseline: learned");
        validator.Check(
            Control != ControlKind.Student || student.Source.IsTeacherOnly, "control", Control,
            "none, unless all sequences are the teacher's samples: of others it biases the result", "set source: {kind: teacher}");
        validator.Within("beta", Beta, 0, 1e6, "use e.g. 0.05");
        if (!student.Source.DrawsFromStudent) return;
        const string Why = "on the student's own samples, whose weights have the student's probability in them";
        validator.Check(
            student.Source.IsOwnOnly, "kind", new KindName("lhts"), $"subtb where the student's own samples are mixed with others", "set objective: subtb");
        validator.Check(Baseline == BaselineKind.Learned, "baseline", Baseline, $"learned {Why}", "set baseline: learned");
        validator.Check(Tail == TailKind.Bootstrap, "tail", Tail, $"bootstrap {Why}", "set tail: bootstrap");
        validator.Check(Beta == 0, "beta", Beta, $"0 {Why}", "set beta: 0");
    }

    /// <inheritdoc/>
    public override void CheckScores(Validator validator)
    {
        validator.Check(Beta == 0, "beta", Beta, "0 with teacher.scores", "set it to 0, or leave teacher.scores out");
        validator.Check(
            Baseline != BaselineKind.Learned, "baseline", Baseline,
            "none, mean, index or index-token with teacher.scores", "choose one of these, or leave teacher.scores out");
    }

    private LhtsOptions OptionsFor(StudentRecipe student) => new()
    {
        Horizon = Horizon,
        Clip = Clip,
        Baseline = Baseline,
        Tail = Tail,
        Control = Control ?? DefaultControl(student),
        KlDirection = KlDirection,
        Beta = Beta,
        NormalisePerTemperature = NormalisePerTemperature ?? !student.Temperatures.IsSingle,
    };

    /// <summary>The control is unbiased for samples of the teacher alone, and of use where the weights' mean is 1: docs/objectives.md.</summary>
    private ControlKind DefaultControl(StudentRecipe student) =>
        student.Source.IsTeacherOnly && Baseline == BaselineKind.Learned ? ControlKind.Student : ControlKind.None;
}
