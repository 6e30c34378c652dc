using Lhts.Data.Batching;
using Lhts.Data.Parquet;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Stages;

/// <summary>What decides the result of a stage: written to its folder and compared when the run goes on.</summary>
public sealed record StageSettings
{
    /// <summary>The recipe's seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Fingerprint of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>Fingerprint of the tokenizer.</summary>
    public required string Tokenizer { get; init; }

    /// <summary>The longest sequence.</summary>
    public required int ContextLength { get; init; }

    /// <summary>What becomes of longer documents.</summary>
    public required LongDocuments LongDocuments { get; init; }

    /// <summary>How a document ends; nothing where it is with end-of-text.</summary>
    public bool? EndWithEndOfText { get; init; }

    /// <summary>What becomes of rows that cannot be used.</summary>
    public required BadRows OnBadRows { get; init; }

    /// <summary>Row groups shuffled together.</summary>
    public required int ShuffleWindow { get; init; }

    /// <summary>Fingerprint of the teacher; nothing for the teacher's own stage.</summary>
    public string? Teacher { get; init; }

    /// <summary>Whether the teacher's log-probs are kept ones: they differ from those computed along the way by rounding.</summary>
    public bool UsesScores { get; init; }

    /// <summary>Fingerprint of the student; nothing before the evaluation.</summary>
    public string? Student { get; init; }

    /// <summary>The settings of the teacher's stage.</summary>
    public TeacherRecipe? TeacherRecipe { get; init; }

    /// <summary>The settings of the student's stage.</summary>
    public StudentRecipe? StudentRecipe { get; init; }

    /// <summary>The settings of the evaluation.</summary>
    public EvaluationRecipe? Evaluation { get; init; }

    /// <summary>The settings that all stages share.</summary>
    public static StageSettings Of(StageContext context) => new()
    {
        Seed = context.Recipe.Seed,
        Data = context.Data.Manifest.Fingerprint,
        Tokenizer = context.Tokenizer.Fingerprint,
        ContextLength = context.Recipe.Data.ContextLength,
        LongDocuments = context.Recipe.Data.LongDocumentsInUse,
        EndWithEndOfText = context.Recipe.Data.EndWithEndOfText ? null : false,
        OnBadRows = context.Recipe.Data.OnBadRows,
        ShuffleWindow = context.Recipe.Data.ShuffleWindow,
    };
}
