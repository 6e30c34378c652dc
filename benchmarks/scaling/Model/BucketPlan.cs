namespace Lhts.Scaling.Benchmarks.Model;

/// <summary>A bucket of gradients.</summary>
/// <param name="Bytes">What all ranks must sum.</param>
/// <param name="ReadyAt">The share of backward after which its last gradient is there, 0 to 1.</param>
public sealed record PlannedBucket(double Bytes, double ReadyAt);

/// <summary>Which buckets <see cref="Distributed.GradientBuckets"/> makes of a GPT-2, and when it sends them.</summary>
public static class BucketPlan
{
    private const int BytesOfNumber = 4;

    /// <summary>The buckets in the order of sending.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="options">The sizes of buckets.</param>
    public static IReadOnlyList<PlannedBucket> Of(GptShape shape, Distributed.BucketOptions options)
    {
        var buckets = new List<PlannedBucket>();
        var limit = Math.Min(options.FirstBytes, options.Bytes);
        PlannedBucket? open = null;
        foreach (var (size, readyAt) in shape.Backward())
        {
            var bytes = size * BytesOfNumber;
            if (open is not null && open.Bytes + bytes > limit)
            {
                buckets.Add(open);
                (open, limit) = (null, options.Bytes);
            }

            open = new PlannedBucket((open?.Bytes ?? 0) + bytes, readyAt);
        }

        if (open is not null) buckets.Add(open);
        return buckets;
    }
}
