namespace Lhts.Trainer.Recipes;

/// <summary>What gradients become on their way between ranks.</summary>
public enum GradientCompression
{
    /// <summary>Nothing: they travel as they are.</summary>
    None,

    /// <summary>They are rounded to bfloat16: half the bytes, and 8 bits of precision.</summary>
    Bfloat16,
}

/// <summary>
/// A run on many ranks: how failures are found and what becomes of them, and how gradients travel. Nothing here decides a stage's result but
/// <see cref="Compression"/>.
/// </summary>
public sealed record DistributedRecipe
{
    /// <summary>
    /// Processes of a CPU run that neither --nproc nor a launcher divides, each a rank with its share of the cores: small models gain more from them than from
    /// threads. Default 1.
    /// </summary>
    public int Processes { get; init; } = 1;

    /// <summary>The numbers of ranks with which the run may go on. Default: nothing, all ranks must be there.</summary>
    public ElasticRecipe? Elastic { get; init; }

    /// <summary>Times that the ranks start again after a failure, without a new checkpoint in between, before the run fails. Default 3.</summary>
    public int MaxRestarts { get; init; } = 3;

    /// <summary>Seconds without a sign of life after which a process is regarded as lost. Default 15.</summary>
    public double HeartbeatTimeout { get; init; } = 15;

    /// <summary>Seconds that processes wait for each other at the start and after a failure. Default 600.</summary>
    public double RendezvousTimeout { get; init; } = 600;

    /// <summary>Seconds that ranks wait while rank 0 works alone: makes data, evaluates. Default 86400, a day.</summary>
    public double LeaderTimeout { get; init; } = 86400;

    /// <summary>
    /// Seconds that a run may take to save and end once it is told to stop; what is not saved by then is lost since the last checkpoint. Default 25.
    /// </summary>
    public double StopTimeout { get; init; } = 25;

    /// <summary>Seconds after which a collective gives up. Default 300.</summary>
    public double CollectiveTimeout { get; init; } = 300;

    /// <summary>Size of the buckets in which gradients are reduced, in MiB. Default 25, as in PyTorch.</summary>
    public double BucketMegabytes { get; init; } = 25;

    /// <summary>What gradients become on their way: none or bfloat16. Default none.</summary>
    public GradientCompression Compression { get; init; } = GradientCompression.None;

    /// <summary>Each rank keeps and updates its share of the optimizer's state only. Default false.</summary>
    public bool ShardOptimizer { get; init; }
}

/// <summary>The numbers of ranks with which a run may go on.</summary>
public sealed record ElasticRecipe
{
    /// <summary>The fewest ranks.</summary>
    public required int Min { get; init; }

    /// <summary>The most ranks; more wait as a reserve.</summary>
    public required int Max { get; init; }
}
