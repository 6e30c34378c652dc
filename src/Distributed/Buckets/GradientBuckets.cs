using System.Diagnostics;
using Lhts.Distributed.Buckets;
using TorchSharp;
using TorchSharp.Modules;

namespace Lhts.Distributed;

/// <summary>
/// Sums gradients over the ranks in buckets, each as soon as its last gradient is there, while backward goes on (Li et al. 2020, PyTorch
/// Distributed, section 3.2). All ranks send the buckets in the same order, that in which backward reaches the parameters. A micro-batch that is not
/// the last of its step only accumulates.
/// </summary>
public sealed class GradientBuckets : IDisposable
{
    private readonly Bucket[] buckets;
    private readonly int[] bucketOf; // by parameter
    private readonly bool[] isThere; // by parameter
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly GradientHook[] hooks;
    private bool isPrepared;
    private int numBegun;
    private Exception? failure;

    /// <summary>Takes over the gradients of parameters: from here on they are views of the buckets and never null.</summary>
    /// <param name="group">The ranks; every rank gives the same parameters in the same order.</param>
    /// <param name="parameters">In the order of the forward pass.</param>
    /// <param name="options">Sizes and compression.</param>
    public GradientBuckets(ProcessGroup group, IReadOnlyList<Parameter> parameters, BucketOptions options)
    {
        this.parameters = parameters;
        bucketOf = new int[parameters.Count];
        isThere = new bool[parameters.Count];
        var found = new List<Bucket>();
        foreach (var members in Grouped(parameters, options))
        {
            foreach (var index in members) bucketOf[index] = found.Count;
            found.Add(new Bucket(group, [.. members.Select(index => parameters[index])], options.Compression));
        }

        buckets = [.. found];
        hooks = [.. parameters.Select((parameter, index) => new GradientHook(parameter, index, OnReady))];
    }

    /// <summary>Buckets that gradients are reduced in.</summary>
    public int Count => buckets.Length;

    /// <summary>Buckets that are on their way, of the backward pass that goes on.</summary>
    internal int NumBegun => numBegun;

    /// <summary>Call before the backward pass of a step's last micro-batch: its gradients complete the sums of this rank.</summary>
    public void PrepareForBackward()
    {
        foreach (var bucket in buckets) bucket.PrepareForBackward();
        Array.Clear(isThere);
        (numBegun, failure, isPrepared) = (0, null, true);
    }

    /// <summary>
    /// After the last backward pass, and without one on a rank that had no sequences: sends what is not on its way yet (a parameter without a gradient
    /// counts as zero) and waits. The gradients are the sums over all ranks afterwards.
    /// </summary>
    /// <exception cref="DistributedException">A rank is gone or hangs.</exception>
    /// <exception cref="InvalidOperationException">A parameter's gradient came twice in one backward pass, after it was sent.</exception>
    public ReductionTimes Finish()
    {
        var start = Stopwatch.GetTimestamp();
        if (!isPrepared) PrepareForBackward();
        isPrepared = false;
        if (failure is not null) throw failure;
        for (; numBegun < buckets.Length; numBegun++) buckets[numBegun].Begin();
        foreach (var bucket in buckets) bucket.Continue();
        var spans = buckets.SelectMany(bucket => bucket.Finish()).ToArray();
        return new ReductionTimes(Union(spans), Stopwatch.GetElapsedTime(start), buckets.Sum(bucket => bucket.Bytes));
    }

    /// <summary>Sets all gradients to zero, for the next step.</summary>
    public void Zero()
    {
        foreach (var bucket in buckets) bucket.Zero();
    }

    /// <summary>Gives the gradients up: they are null again.</summary>
    public void Dispose()
    {
        foreach (var hook in hooks) hook.Dispose();
        foreach (var bucket in buckets) bucket.Dispose();
    }

    /// <summary>On the thread of the backward pass. An exception here would end the process, so it waits for <see cref="Finish"/>.</summary>
    private void OnReady(int index)
    {
        if (!isPrepared || failure is not null) return;
        try
        {
            if (isThere[index])
            {
                throw new InvalidOperationException($"The gradient of parameter {index} (of {parameters.Count}) came twice in one backward pass.");
            }

            isThere[index] = true;
            buckets[bucketOf[index]].Count();
            for (; numBegun < buckets.Length && buckets[numBegun].IsReady; numBegun++) buckets[numBegun].Begin();
        }
        catch (Exception found)
        {
            failure = found;
        }
    }

    /// <summary>Backward reaches the last parameters first. A bucket holds one kind of number.</summary>
    private static IEnumerable<IReadOnlyList<int>> Grouped(IReadOnlyList<Parameter> parameters, BucketOptions options)
    {
        var (members, bytes, limit) = (new List<int>(), 0L, Math.Min(options.FirstBytes, options.Bytes));
        for (var index = parameters.Count - 1; index >= 0; index--)
        {
            var size = parameters[index].numel() * parameters[index].element_size();
            if (members.Count > 0 && (bytes + size > limit || parameters[index].dtype != parameters[members[0]].dtype))
            {
                yield return members;
                (members, bytes, limit) = ([], 0, options.Bytes);
            }

            members.Add(index);
            bytes += size;
        }

        if (members.Count > 0) yield return members;
    }

    /// <summary>The length of the union of spans of time, in nanoseconds; zero when an end is not known.</summary>
    private static TimeSpan Union(IReadOnlyList<(long Start, long End)> spans)
    {
        if (spans.Any(span => span.End == 0)) return TimeSpan.Zero;
        var (total, reached) = (0L, 0L);
        foreach (var (start, end) in spans.Order())
        {
            total += Math.Max(0, end - Math.Max(start, reached));
            reached = Math.Max(reached, end);
        }

        return TimeSpan.FromMicroseconds(total / 1000.0);
    }
}
