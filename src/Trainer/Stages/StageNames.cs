namespace Lhts.Trainer.Stages;

/// <summary>The stages that train a model, as metrics and folders call them.</summary>
internal static class StageNames
{
    /// <summary>The teacher p, by maximum likelihood.</summary>
    public const string Teacher = "teacher";

    /// <summary>The student q_T.</summary>
    public const string Student = "student";

    // The place of a stage is part of its seed: a new one goes to where it runs, and takes the seeds of those after it along.
    private static readonly string[] InOrder = [Teacher, Student];

    /// <summary>The place of a stage in a run.</summary>
    public static int PlaceOf(string stage) => Array.IndexOf(InOrder, stage);

    /// <summary>The stages of a run up to one.</summary>
    public static IReadOnlyList<string> UpTo(string stage) => InOrder[..(PlaceOf(stage) + 1)];
}
