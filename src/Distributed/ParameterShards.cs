using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Distributed;

/// <summary>A stretch of a parameter's elements that one rank updates.</summary>
/// <param name="Whole">The parameter.</param>
/// <param name="Offset">Its first element.</param>
/// <param name="Slice">(length): the same memory, as a parameter of its own.</param>
public sealed record ParameterShard(Parameter Whole, long Offset, Parameter Slice);

/// <summary>
/// Splits the elements of all parameters evenly over the ranks, so that each keeps the optimizer's state of its share alone (Rajbhandari et al. 2020,
/// ZeRO, stage 1). AdamW works element by element, so the result is that of one optimizer over everything, to the bit.
/// </summary>
public sealed class ParameterShards : IDisposable
{
    private readonly ProcessGroup group;
    private readonly List<(Tensor Slice, int Owner)> segments = [];
    private readonly List<ParameterShard> own = [];

    /// <summary>Splits parameters; every rank gives the same in the same order.</summary>
    public ParameterShards(ProcessGroup group, IReadOnlyList<Parameter> parameters)
    {
        this.group = group;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var total = parameters.Sum(parameter => parameter.numel());
        var share = Math.Max(1, (total + group.WorldSize - 1) / group.WorldSize);
        long position = 0;
        foreach (var parameter in parameters)
        {
            for (long offset = 0, length; offset < parameter.numel(); offset += length, position += length)
            {
                var owner = (int)(position / share);
                length = Math.Min(parameter.numel() - offset, ((owner + 1) * share) - position);
                Add(parameter, offset, length, owner);
            }
        }
    }

    /// <summary>The stretches that this rank updates.</summary>
    public IReadOnlyList<ParameterShard> Own => own;

    /// <summary>Points the gradients of this rank's stretches at those of the parameters.</summary>
    public void TakeGradients()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var shard in own) shard.Slice.grad = shard.Whole.grad is { } gradient ? Flat(gradient).narrow(0, shard.Offset, shard.Slice.numel()) : null;
    }

    /// <summary>Sends every rank's updated stretches to all others, in place.</summary>
    /// <exception cref="DistributedException">A rank is gone or hangs.</exception>
    public void Gather()
    {
        using var noGrad = no_grad();
        var works = segments.Select(segment => group.broadcast(segment.Slice, segment.Owner, async_op: true)).ToArray();
        foreach (var work in works)
        {
            work.Wait();
            work.Dispose();
        }
    }

    /// <summary>Frees the views; the parameters stay.</summary>
    public void Dispose()
    {
        foreach (var (slice, _) in segments) slice.Dispose();
        foreach (var shard in own) shard.Slice.Dispose();
    }

    private static Tensor Flat(Tensor tensor) => tensor.view(-1);

    private void Add(Parameter parameter, long offset, long length, int owner)
    {
        var slice = Flat(parameter.detach()).narrow(0, offset, length);
        if (owner == group.Rank) own.Add(new(parameter, offset, new Parameter(slice.alias())));
        segments.Add((slice.DetachFromDisposeScope(), owner));
    }
}
