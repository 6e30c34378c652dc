using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Distributed.Buckets;

/// <summary>The gradients of some parameters in one flat tensor, (N). Each parameter's gradient is a view of it, so nothing is copied.</summary>
internal sealed class Bucket : IDisposable
{
    private readonly ProcessGroup group;
    private readonly Reduction reduction;
    private readonly Tensor flat; // (N)
    private readonly Tensor[] views;
    private int missing;

    public Bucket(ProcessGroup group, IReadOnlyList<Parameter> parameters, Compression compression)
    {
        this.group = group;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Parameters = parameters;
        flat = zeros(parameters.Sum(parameter => parameter.numel()), dtype: parameters[0].dtype, device: parameters[0].device).DetachFromDisposeScope();
        views = new Tensor[parameters.Count];
        long offset = 0;
        for (var i = 0; i < views.Length; i++)
        {
            var size = parameters[i].numel();
            views[i] = flat.narrow(0, offset, size).view(parameters[i].shape).DetachFromDisposeScope();
            parameters[i].grad = views[i];
            offset += size;
        }

        reduction = compression == Compression.Bfloat16 && flat.dtype == ScalarType.Float32
            ? new RoundedReduction(group, flat)
            : new PlainReduction(group, flat);
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Bytes that a reduction sends of it.</summary>
    public long Bytes => reduction.Bytes;

    public bool IsReady => missing == 0;

    /// <summary>Waits from now on for every parameter's gradient.</summary>
    public void PrepareForBackward() => missing = views.Length;

    /// <summary>Notes that one more gradient is there.</summary>
    public void Count() => missing--;

    /// <summary>Begins to reduce what is there.</summary>
    public void Begin() => reduction.Begin();

    /// <summary>Goes on once the first part is done, where there is a second.</summary>
    public void Continue() => reduction.Continue();

    /// <summary>Waits until the sums are in the gradients; gives the times at which reductions were under way.</summary>
    public IEnumerable<(long Start, long End)> Finish() => reduction.Finish();

    public void Zero()
    {
        using var noGrad = no_grad();
        flat.zero_();
    }

    public void Dispose()
    {
        foreach (var parameter in Parameters) parameter.grad = null;
        foreach (var view in views) view.Dispose();
        flat.Dispose();
        reduction.Dispose();
    }
}
