using Lhts.Models.Gpt;
using Lhts.Trainer.Conditioning;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes.Yaml;
using Lhts.Trainer.Sources;

namespace Lhts.Trainer.Recipes;

/// <summary>How long samples are.</summary>
public enum SampleLengths
{
    /// <summary>They end where the model ends them: p_T at low T then wants the shortest (docs/objectives.md).</summary>
    Free,

    /// <summary>They fill the context; the distribution is that of texts given their length.</summary>
    Fixed,
}

/// <summary>What a student's logits begin as.</summary>
public enum StudentStart
{
    /// <summary>The teacher's.</summary>
    Teacher,

    /// <summary>The teacher's, divided by the best myopic temperature for each T.</summary>
    BestMyopic,
}

/// <summary>The model q_T and how it is fine-tuned.</summary>
public sealed record StudentRecipe : IUnusedKeys
{
    /// <summary>One temperature, a list, or a range as {min: 0.9, max: 1.1}. Default 0.9.</summary>
    public Temperatures Temperatures { get; init; } = Temperatures.Of(0.9);

    /// <summary>
    /// How a student of several temperatures is told which: every-position, prefix as in the paper, layer-norms, or weights. Default: nothing, which is none
    /// for one temperature, weights for objectives with a log flow, else every-position.
    /// </summary>
    public ConditioningRecipe? Conditioning { get; init; }

    /// <summary>free: samples end where the model ends them; fixed: they fill the context, and end-of-text is never predicted. Default free.</summary>
    public SampleLengths Lengths { get; init; } = SampleLengths.Free;

    /// <summary>
    /// What the logits begin as: teacher (the teacher's own), or best-myopic (divided by the myopic temperature that is nearest to p_T, found by a sweep).
    /// Default: nothing, which is best-myopic for objectives with a log flow, else teacher.
    /// </summary>
    public StudentStart? Start { get; init; }

    /// <summary>Keep only each block's input and run the block again backward: less memory, a third more time. Default false.</summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>The objective. Default lhts.</summary>
    public ObjectiveRecipe Objective { get; init; } = new LhtsRecipe();

    /// <summary>What it is trained on. Default corpus.</summary>
    public SourceRecipe Source { get; init; } = new CorpusRecipe();

    /// <summary>How it is trained.</summary>
    public OptimizationRecipe Training { get; init; } = new();

    /// <inheritdoc/>
    public IReadOnlyCollection<string> UnusedKeys =>
        [.. Objective.HasTemperature ? (string[])[] : ["temperatures"], .. Objective.HasCondition ? (string[])[] : ["conditioning"]];

    /// <summary>The temperatures that are drawn from in training: 1 for an objective that has none.</summary>
    internal Temperatures TrainingTemperatures => Objective.HasTemperature ? Temperatures : Temperatures.Of(1);

    /// <summary>How the student is told its temperature or tag.</summary>
    internal TemperatureConditioning ConditioningInUse
    {
        get
        {
            if (!Objective.HasCondition) return TemperatureConditioning.None;
            if (Conditioning is not null) return Conditioning.Conditioning;
            if (Objective.HasTemperature && Temperatures.IsSingle) return TemperatureConditioning.None;
            return Objective is FlowRecipe ? TemperatureConditioning.Weights : TemperatureConditioning.EveryPosition;
        }
    }

    /// <summary>What the logits begin as.</summary>
    internal StudentStart StartInUse => Start ?? (Objective is FlowRecipe ? StudentStart.BestMyopic : StudentStart.Teacher);

    /// <summary>The lowest and highest temperature, or tag, that a student is trained at; null for an objective without.</summary>
    internal (double Lowest, double Highest)? TrainedAt
    {
        get
        {
            if (Objective is { LowestTag: { } lowest, BestTag: { } best }) return (lowest, best);
            return Objective.HasTemperature ? (Temperatures.Min, Temperatures.Max) : null;
        }
    }
}
