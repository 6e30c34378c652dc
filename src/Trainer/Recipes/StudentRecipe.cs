using Lhts.Models.Gpt;
using Lhts.Trainer.Conditioning;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes.Yaml;
using Lhts.Trainer.Sources;

namespace Lhts.Trainer.Recipes;

/// <summary>The model q_T and how it is fine-tuned.</summary>
public sealed record StudentRecipe : IUnusedKeys
{
    /// <summary>One temperature, a list, or a range as {min: 0.9, max: 1.1}. Default 0.9.</summary>
    public Temperatures Temperatures { get; init; } = Temperatures.Of(0.9);

    /// <summary>How a student of several temperatures is told which: every-position, prefix as in the paper, or layer-norms. Default: nothing, which is every-position, or none for one temperature.</summary>
    public ConditioningRecipe? Conditioning { get; init; }

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
            var needsNone = Objective.HasTemperature && Temperatures.IsSingle;
            return Conditioning?.Conditioning ?? (needsNone ? TemperatureConditioning.None : TemperatureConditioning.EveryPosition);
        }
    }

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
