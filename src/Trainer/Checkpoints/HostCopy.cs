using Lhts.Models.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Checkpoints;

/// <summary>Tensors as they are now, copied to host memory: another thread writes them while training goes on.</summary>
internal sealed class HostCopy : IDisposable
{
    private readonly KeyValuePair<string, Tensor>[] tensors;

    /// <summary>Copies tensors under their names.</summary>
    public HostCopy(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        this.tensors = [.. tensors.Select(pair => KeyValuePair.Create(pair.Key, CopyOf(pair.Value).DetachFromDisposeScope()))];
    }

    /// <summary>Writes them as a safetensors file.</summary>
    public void Write(string path) => SafetensorsFile.Write(path, tensors);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, tensor) in tensors) tensor.Dispose();
    }

    private static Tensor CopyOf(Tensor tensor)
    {
        var values = tensor.detach();
        return values.device_type == DeviceType.CPU ? values.clone() : values.cpu();
    }
}
