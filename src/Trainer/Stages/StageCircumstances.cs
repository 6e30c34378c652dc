using Lhts.Models.Gpt;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Stages;

/// <summary>What a stage runs with, and may at any time run on with otherwise: kept so that every change is told.</summary>
public sealed record StageCircumstances
{
    /// <summary>Where the model is, on rank 0.</summary>
    public required string Device { get; init; }

    /// <summary>Of the products. Null in the files of runs from before there was a choice, which was float32.</summary>
    public Precision? Precision { get; init; }

    /// <summary>Threads of an operator.</summary>
    public required int Threads { get; init; }

    /// <summary>Processes that share the steps.</summary>
    public required int Ranks { get; init; }

    /// <summary>What of the data decides speed and memory alone.</summary>
    public required MicroBatchSettings Data { get; init; }

    /// <summary>When checkpoints are written.</summary>
    public required CheckpointRecipe Checkpoint { get; init; }

    /// <summary>Where figures go.</summary>
    public required TelemetryRecipe Telemetry { get; init; }

    /// <summary>Many ranks.</summary>
    public required DistributedRecipe Distributed { get; init; }

    /// <summary>Evaluations on the way; nothing for a teacher, which has none.</summary>
    public EvaluationRecipe? Evaluation { get; init; }

    /// <summary>Those of a stage.</summary>
    /// <param name="context">The run.</param>
    /// <param name="isEvaluated">Whether the stage's model is looked at on the way.</param>
    public static StageCircumstances Of(StageContext context, bool isEvaluated) => new()
    {
        Device = context.Recipe.Device,
        Precision = context.Recipe.PrecisionInUse,
        Threads = context.Recipe.Threads,
        Ranks = context.Ranks.WorldSize,
        Data = new MicroBatchSettings { TokensPerMicroBatch = context.Recipe.Data.TokensPerMicroBatch },
        Checkpoint = context.Recipe.Checkpoint,
        Telemetry = context.Recipe.Telemetry,
        Distributed = context.Recipe.Distributed,
        Evaluation = isEvaluated ? context.Recipe.Evaluation : null,
    };
}

/// <summary>How sequences are computed together.</summary>
public sealed record MicroBatchSettings
{
    /// <summary>Most positions of a micro-batch.</summary>
    public required int TokensPerMicroBatch { get; init; }
}
