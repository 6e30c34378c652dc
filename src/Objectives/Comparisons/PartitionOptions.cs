namespace Lhts.Objectives;

/// <summary>Settings of <see cref="PartitionObjective"/>.</summary>
public sealed record PartitionOptions
{
    /// <summary>K, the number of quantiles, and so of tags. Default 5, as in Quark.</summary>
    public int NumQuantiles { get; init; } = 5;

    /// <summary>Weight of KL(q || p). Default 0.05, as in Quark.</summary>
    public double Beta { get; init; } = 0.05;

    /// <summary>What the student is conditioned on to get the most likely sequences: the tag of the best quantile.</summary>
    public double BestTag => TagOf(NumQuantiles - 1);

    /// <summary>The tag of a quantile, its middle: (k + 1/2) / K.</summary>
    public double TagOf(int quantile) => (quantile + 0.5) / NumQuantiles;
}
