using TorchSharp;

namespace Lhts.Objectives;

/// <summary>Takes tensors out of a saved state.</summary>
internal static class StateFile
{
    /// <summary>Copies the tensor of that name into <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">The name is missing or the shape differs.</exception>
    public static void Copy(IReadOnlyDictionary<string, torch.Tensor> state, string name, torch.Tensor destination)
    {
        if (!state.TryGetValue(name, out var saved))
        {
            throw new ArgumentException($"The saved state lacks '{name}'; it has {string.Join(", ", state.Keys.Order(StringComparer.Ordinal))}.");
        }

        if (!saved.shape.SequenceEqual(destination.shape))
        {
            throw new ArgumentException(
                $"The saved '{name}' has shape ({string.Join(", ", saved.shape)}) where ({string.Join(", ", destination.shape)}) is expected; resume with "
                + "the settings that it was saved with.");
        }

        using var guard = torch.no_grad();
        destination.copy_(saved);
    }
}
