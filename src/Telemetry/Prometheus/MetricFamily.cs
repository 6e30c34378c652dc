namespace Lhts.Telemetry.Prometheus;

/// <summary>What Prometheus calls the type of a metric.</summary>
internal enum FamilyKind
{
    Counter,
    Gauge,
    Histogram,

    /// <summary>A constant 1 whose labels are what it says; a gauge in the older format.</summary>
    Info,
}

/// <summary>All series of one name.</summary>
/// <param name="Name">The name with its unit, without <c>_total</c>, <c>_bucket</c> and the like.</param>
/// <param name="Kind">The type.</param>
/// <param name="Unit">The word for the unit that ends the name, or null.</param>
/// <param name="Help">What it means; may be empty.</param>
/// <param name="Series">The series, with distinct labels.</param>
internal sealed record MetricFamily(string Name, FamilyKind Kind, string? Unit, string Help, IReadOnlyList<MetricSeries> Series);

/// <summary>One series: its labels in the written form (without braces, sorted), and its value or its buckets.</summary>
internal sealed record MetricSeries(string Labels, double Value)
{
    /// <summary>
    /// Cumulative buckets of a histogram, the last one with bound infinity; null otherwise. <see cref="Value"/> is then the sum.
    /// </summary>
    public IReadOnlyList<CumulativeBucket>? Buckets { get; init; }
}

/// <summary>The number of observations that are not above a bound.</summary>
internal readonly record struct CumulativeBucket(double UpperBound, long Count);
