using Lhts.Models.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Sampling.Joint;

// N particles, E width, V vocabulary.

/// <summary>A model with the cached keys and values of all particles of a run.</summary>
internal sealed class CachedModel(Gpt2 model, double? temperature, Tensor? bannedMask, int numParticles, int numSlots) : IDisposable
{
    private KeyValueCache? cache;

    /// <summary>Tokens that have gone through the model.</summary>
    public long NumTokens { get; private set; }

    /// <summary>The prompt, gone through once: last states (N, E) and logits (N, V), the same for every particle.</summary>
    public (Tensor States, Tensor Logits) Begin(int[] prompt)
    {
        using var single = new KeyValueCache(model, 1, numSlots);
        var (states, logits) = Run(Array.ConvertAll(prompt, token => (long)token), single, 1);
        cache = single.Select(new long[numParticles]);
        return (states.expand(numParticles, -1), logits.expand(numParticles, -1));
    }

    /// <summary>One more token of every particle.</summary>
    public (Tensor States, Tensor Logits) Step(long[] tokens) => Run(tokens, cache!, numParticles);

    /// <summary>Gives each particle the past of its ancestor.</summary>
    public void Resample(int[] ancestors) => cache!.Overwrite(ancestors);

    public void Dispose() => cache?.Dispose();

    private (Tensor States, Tensor Logits) Run(long[] tokens, KeyValueCache into, int numRows)
    {
        NumTokens += tokens.Length;
        var device = model.TokenEmbedding.device;
        var input = tensor(tokens, device: device).view(numRows, -1); // (N, n)
        var temperatures = temperature is { } value ? full([numRows], value, ScalarType.Float32, device) : null;
        var hidden = model.Hidden(input, into, temperatures); // (N, n, E)
        var states = hidden.select(1, hidden.shape[1] - 1); // (N, E)
        var logits = model.Logits(states).to(ScalarType.Float64); // (N, V)
        return (states, bannedMask is null ? logits : logits + bannedMask);
    }
}
