namespace Lhts.Scaling.Benchmarks.Model;

/// <summary>What a rank's step takes where it waits for nobody, in seconds.</summary>
/// <param name="Total">All of it.</param>
/// <param name="Backward">The part that reductions may run beside: the backward pass of the step's last micro-batch.</param>
public sealed record StepCompute(double Total, double Backward);

/// <summary>A step as the model sees it, in seconds.</summary>
/// <param name="Total">All of it.</param>
/// <param name="Reducing">Time in which a reduction is under way.</param>
/// <param name="Exposed">What is left of that after backward.</param>
public sealed record ModelledStep(double Total, double Reducing, double Exposed)
{
    /// <summary>The share of the reductions' time that backward hides, 0 to 1.</summary>
    public double HiddenShare => Reducing > 0 ? Math.Clamp(1 - (Exposed / Reducing), 0, 1) : double.NaN;
}

/// <summary>The time of a data-parallel step. Reductions run one after the other, each as soon as its bucket is full and the one before it is done.</summary>
public static class StepModel
{
    /// <summary>The step with its reductions.</summary>
    /// <param name="compute">The step without.</param>
    /// <param name="buckets">In the order of sending.</param>
    /// <param name="reduce">Seconds that the reduction of some bytes takes.</param>
    /// <param name="taken">Seconds of compute that the reductions of a step take from backward, where they run on the same cores.</param>
    /// <param name="overlaps">Whether buckets are sent before the end of backward.</param>
    public static ModelledStep Predict(
        StepCompute compute, IReadOnlyList<PlannedBucket> buckets, Func<double, double> reduce, double taken = 0, bool overlaps = true)
    {
        var backward = compute.Backward + (overlaps ? taken : 0);
        var (reducing, end) = (0.0, 0.0);
        foreach (var bucket in buckets)
        {
            var duration = reduce(bucket.Bytes);
            end = Math.Max(end, overlaps ? bucket.ReadyAt * backward : backward) + duration;
            reducing += duration;
        }

        var exposed = Math.Max(0, end - backward);
        return new ModelledStep(compute.Total - compute.Backward + backward + exposed, reducing, exposed);
    }
}
