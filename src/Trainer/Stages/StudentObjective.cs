using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Trainer.Recipes;
using static TorchSharp.torch;

namespace Lhts.Trainer.Stages;

/// <summary>Makes the objective that a recipe names, and says what its student is conditioned on.</summary>
internal static class StudentObjective
{
    /// <summary>How the student is told its temperature or tag.</summary>
    public static TemperatureConditioning ConditioningOf(StudentRecipe student) => student.Objective.Kind switch
    {
        ObjectiveKind.Mle => TemperatureConditioning.None,
        ObjectiveKind.Partition => student.Conditioning ?? TemperatureConditioning.EveryPosition,
        _ => student.Conditioning ?? (student.Temperatures.IsSingle ? TemperatureConditioning.None : TemperatureConditioning.EveryPosition),
    };

    /// <summary>What a student of tags is asked for to give the likeliest sequences; null for one of temperatures.</summary>
    public static double? BestTagOf(StudentRecipe student) =>
        student.Objective.Kind == ObjectiveKind.Partition ? PartitionOf(student.Objective).BestTag : null;

    /// <summary>The lowest and highest temperature, or tag, that a student is trained at; null for an objective without.</summary>
    public static (double Lowest, double Highest)? RangeOf(StudentRecipe student) => student.Objective.Kind switch
    {
        ObjectiveKind.Mle => null,
        ObjectiveKind.Partition => (PartitionOf(student.Objective).TagOf(0), PartitionOf(student.Objective).BestTag),
        _ => (student.Temperatures.Min, student.Temperatures.Max),
    };

    /// <summary>Makes the objective.</summary>
    /// <param name="student">Its settings.</param>
    /// <param name="contextLength">The longest sequence.</param>
    /// <param name="teacher">The frozen model, for its width and device.</param>
    public static IObjective Build(StudentRecipe student, int contextLength, Gpt2 teacher)
    {
        var device = teacher.TokenEmbedding.device;
        return student.Objective.Kind switch
        {
            ObjectiveKind.Lhts => new LhtsObjective(LhtsOf(student), contextLength, student.Temperatures.Bins, teacher.Config.EmbeddingSize, device),
            ObjectiveKind.Myopic => new MyopicObjective(),
            ObjectiveKind.Partition => new PartitionObjective(PartitionOf(student.Objective), contextLength, device),
            ObjectiveKind.Pairwise => new PairwiseObjective(student.Temperatures.Bins, device),
            ObjectiveKind.Mle => new MleObjective(),
            _ => throw new ArgumentOutOfRangeException(nameof(student), student.Objective.Kind, "unknown objective"),
        };
    }

    private static LhtsOptions LhtsOf(StudentRecipe student)
    {
        var objective = student.Objective;
        return new LhtsOptions
        {
            Horizon = objective.Horizon,
            Clip = objective.Clip,
            Baseline = objective.Baseline,
            Tail = objective.Tail,
            KlDirection = objective.KlDirection,
            Beta = objective.Beta,
            NormalisePerTemperature = objective.NormalisePerTemperature ?? !student.Temperatures.IsSingle,
        };
    }

    private static PartitionOptions PartitionOf(ObjectiveRecipe objective) => new() { NumQuantiles = objective.Quantiles, Beta = objective.Beta };
}
