namespace TorchSharp.Modules;

/// <summary>A tensor that is trained. It takes over the tensor it is made from and belongs to no dispose scope.</summary>
public class Parameter : torch.Tensor
{
    /// <summary>Takes over <paramref name="data"/>, which becomes invalid.</summary>
    public Parameter(torch.Tensor data, bool requires_grad = true)
        : base(Take(data)) => this.requires_grad = requires_grad;

    private static IntPtr Take(torch.Tensor data)
    {
        using var detached = data.detach();
        data.Dispose();
        return detached.DecoupleFromNativeHandle();
    }
}
