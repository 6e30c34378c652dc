using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Recipes;

/// <summary>Where the student's sequences come from; it decides the optimum, as docs/objectives.md says.</summary>
public enum SourceKind
{
    /// <summary>The documents.</summary>
    Corpus,

    /// <summary>Samples of the teacher.</summary>
    Teacher,

    /// <summary>Both, in fixed proportion.</summary>
    Mix,
}

/// <summary>The student's sequences.</summary>
public sealed record SourceRecipe : IConditionalKeys
{
    /// <summary>corpus, teacher (samples that it draws) or mix. Default corpus.</summary>
    public SourceKind Kind { get; init; } = SourceKind.Corpus;

    /// <summary>The teacher's part of a mixture's sequences, to the nearest whole number of a step. Default 0.2.</summary>
    [Kinds(SourceKind.Mix)]
    public double TeacherShare { get; init; } = 0.2;

    /// <summary>Samples that are kept for use again, at least those of one step. Default 512.</summary>
    [Kinds(SourceKind.Teacher, SourceKind.Mix)]
    public int Buffer { get; init; } = 512;

    /// <summary>Samples of the buffer that each step replaces by new ones. Default: nothing, which is as many as a step uses, so that each is used once.</summary>
    [Kinds(SourceKind.Teacher, SourceKind.Mix)]
    public int? Refresh { get; init; }

    /// <summary>Samples that are drawn together, by one rank. Default 32.</summary>
    [Kinds(SourceKind.Teacher, SourceKind.Mix)]
    public int Batch { get; init; } = 32;

    /// <inheritdoc/>
    public IEnumerable<UnusedKey> UnusedKeys => UnusedKey.NotOf(typeof(SourceRecipe), Kind);

    /// <summary>Sequences of a step that the teacher draws.</summary>
    internal int NumDrawn(int sequencesPerStep) => Kind switch
    {
        SourceKind.Corpus => 0,
        SourceKind.Teacher => sequencesPerStep,
        _ => (int)Math.Round(TeacherShare * sequencesPerStep, MidpointRounding.AwayFromZero),
    };
}
