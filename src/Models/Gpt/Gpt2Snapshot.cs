using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>A model's weights as they are now, copied to host memory: another thread saves them while the model changes.</summary>
public sealed class Gpt2Snapshot : IDisposable
{
    private readonly Gpt2Config config;
    private readonly KeyValuePair<string, Tensor>[] tensors;

    /// <summary>Copies the weights.</summary>
    public Gpt2Snapshot(Gpt2 model)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        config = model.Config;
        tensors = [.. Gpt2Checkpoint.TensorsOf(model).Select(pair => KeyValuePair.Create(pair.Key, CopyOf(pair.Value).DetachFromDisposeScope()))];
    }

    /// <summary>Saves the copy as <see cref="Gpt2Checkpoint.Save"/> saves a model.</summary>
    /// <param name="folder">The folder, made if need be.</param>
    /// <exception cref="IOException">The folder or a file cannot be written.</exception>
    public void Save(string folder) => Gpt2Checkpoint.Save(config, tensors, folder);

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
