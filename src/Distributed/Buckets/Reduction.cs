using static TorchSharp.torch;

namespace Lhts.Distributed.Buckets;

/// <summary>Sums a flat tensor over the ranks, in place, in one or two parts that other work may go on beside.</summary>
internal abstract class Reduction(ProcessGroup group, Tensor flat) : IDisposable
{
    private readonly List<Work> works = [];

    protected ProcessGroup Group { get; } = group;

    protected Tensor Flat { get; } = flat;

    /// <summary>Bytes of the tensor as it travels.</summary>
    public abstract long Bytes { get; }

    public abstract void Begin();

    /// <summary>Waits for the first part and begins the second.</summary>
    public virtual void Continue()
    {
    }

    public IReadOnlyList<(long Start, long End)> Finish()
    {
        foreach (var work in works) work.Wait();
        Store();
        var times = works.Select(work => (work.Started, work.Finished)).ToArray();
        Dispose();
        return times;
    }

    public void Dispose()
    {
        foreach (var work in works) work.Dispose();
        works.Clear();
        Release();
    }

    protected Work Track(Work work)
    {
        works.Add(work);
        return work;
    }

    /// <summary>Puts the result in the flat tensor.</summary>
    protected virtual void Store()
    {
    }

    /// <summary>Frees what the reduction made for itself.</summary>
    protected virtual void Release()
    {
    }
}

/// <summary>One all-reduce.</summary>
internal sealed class PlainReduction(ProcessGroup group, Tensor flat) : Reduction(group, flat)
{
    public override long Bytes => Flat.numel() * Flat.element_size();

    public override void Begin() => Track(Group.all_reduce(Flat, async_op: true));
}

/// <summary>
/// A float32 tensor that travels as bfloat16: rank r gets part r of every rank, adds in float32, and sends the sum, rounded again, to all. The
/// bytes are half of an all-reduce's in a ring.
/// </summary>
internal sealed class RoundedReduction(ProcessGroup group, Tensor flat) : Reduction(group, flat)
{
    private const int BytesOfNumber = 2;

    private readonly long part = (flat.numel() + group.WorldSize - 1) / group.WorldSize;
    private Tensor? sent; // (W * P) bfloat16; then what all ranks send back
    private Tensor? received; // (W * P) bfloat16
    private Tensor? sum; // (P) bfloat16
    private Work? exchange;

    public override long Bytes => part * Group.WorldSize * BytesOfNumber;

    public override void Begin()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        sent = zeros(part * Group.WorldSize, dtype: ScalarType.BFloat16, device: Flat.device);
        sent.narrow(0, 0, Flat.numel()).copy_(Flat);
        received = empty_like(sent);
        exchange = Track(Group.all_to_all_single(received, sent, async_op: true));
        (sent, received) = (sent.DetachFromDisposeScope(), received.DetachFromDisposeScope());
    }

    public override void Continue()
    {
        exchange!.Wait();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        sum = received!.view(Group.WorldSize, part).sum(dim: 0, type: ScalarType.Float32).to(ScalarType.BFloat16); // (P)
        Track(Group.all_gather(sent!.view(Group.WorldSize, part).unbind(0), sum, async_op: true));
        sum = sum.DetachFromDisposeScope();
    }

    protected override void Store()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Flat.copy_(sent!.narrow(0, 0, Flat.numel()));
    }

    protected override void Release()
    {
        sent?.Dispose();
        received?.Dispose();
        sum?.Dispose();
        (sent, received, sum, exchange) = (null, null, null, null);
    }
}
