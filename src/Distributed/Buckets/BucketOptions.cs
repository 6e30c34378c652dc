namespace Lhts.Distributed;

/// <summary>How gradients are put together and sent.</summary>
public sealed record BucketOptions
{
    /// <summary>Bytes of gradients that are reduced in one call. Default 25 MiB, as in PyTorch's DistributedDataParallel.</summary>
    public long Bytes { get; init; } = 25L << 20;

    /// <summary>Bytes of the first bucket to be ready, so that sending starts early. Default 1 MiB, likewise.</summary>
    public long FirstBytes { get; init; } = 1L << 20;

    /// <summary>What travels. Default: the gradients as they are.</summary>
    public Compression Compression { get; init; }
}

/// <summary>What gradients are sent as.</summary>
public enum Compression
{
    /// <summary>As they are.</summary>
    None,

    /// <summary>
    /// bfloat16: half the bytes of float32. Each part is summed in float32 on one rank, so rounding happens twice, whatever the number of ranks.
    /// </summary>
    Bfloat16,
}

/// <summary>What the reduction of a step's gradients took.</summary>
/// <param name="Total">Time in which a reduction was under way; zero where the backend does not tell.</param>
/// <param name="Exposed">Time that was spent waiting for reductions after backward.</param>
/// <param name="Bytes">Bytes of gradients, as they travel.</param>
public sealed record ReductionTimes(TimeSpan Total, TimeSpan Exposed, long Bytes)
{
    /// <summary>The share of the reductions' time that backward hid, 0 to 1; NaN where it is not known.</summary>
    public double HiddenShare => Total > TimeSpan.Zero ? Math.Clamp(1 - (Exposed / Total), 0, 1) : double.NaN;
}
