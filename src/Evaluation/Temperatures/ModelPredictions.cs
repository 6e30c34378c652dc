using Lhts.Models.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Evaluation.Temperatures;

// L tokens, E width, V vocabulary, N positions at a time.

/// <summary>A model's predictions of every token of some texts but their first; a text is a group.</summary>
/// <param name="model">The model; dropout is switched off while it runs.</param>
/// <param name="texts">For each the windows of tokens that it is read in, each of the model's context at most.</param>
/// <param name="temperature">Long-horizon temperature for a student that knows temperatures. Default: none, which is 1.</param>
/// <param name="target">Another model of the same tokens, whose distributions stand for what came. Default: none, the texts' own tokens.</param>
public sealed class ModelPredictions(Gpt2 model, IReadOnlyList<IReadOnlyList<int[]>> texts, double? temperature = null, Gpt2? target = null) : IPredictions
{
    /// <summary>Largest number of logits at a time: 32 MiB of float64.</summary>
    private const long MaxLogits = 1 << 22;

    /// <inheritdoc/>
    public int NumGroups => texts.Count;

    /// <inheritdoc/>
    public IEnumerable<PredictionChunk> Chunks(CancellationToken cancellation = default)
    {
        for (var text = 0; text < texts.Count; text++)
        {
            foreach (var window in texts[text].Where(window => window.Length > 1))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var chunk in OfWindow(window, text)) yield return chunk;
            }
        }
    }

    private IEnumerable<PredictionChunk> OfWindow(int[] window, int text)
    {
        using var states = States(model, window, temperature); // (L-1, E)
        using var targetStates = target is null ? null : States(target, window, null);
        var step = (int)Math.Max(1, MaxLogits / model.Config.VocabularySize);
        for (var start = 0; start < window.Length - 1; start += step)
        {
            var count = Math.Min(step, window.Length - 1 - start);
            using var logits = LogitsOf(model, states, start, count);
            using var targetLogits = targetStates is null ? null : LogitsOf(target!, targetStates, start, count);
            using var targets = targetLogits?.softmax(-1);
            long[] labels = [.. window.Skip(start + 1).Take(count).Select(token => (long)token)];
            yield return new PredictionChunk(logits, labels, [.. Enumerable.Repeat(text, count)]) { Targets = targets };
        }
    }

    private static Tensor LogitsOf(Gpt2 of, Tensor states, int start, int count)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return of.Logits(states.narrow(0, start, count)).to(ScalarType.Float64).DetachFromDisposeScope(); // (N, V)
    }

    private static Tensor States(Gpt2 of, int[] window, double? temperature)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var wasTraining = of.training;
        of.eval();
        of.SetTemperature(temperature ?? 1);
        try
        {
            var device = of.TokenEmbedding.device;
            var input = tensor(Array.ConvertAll(window[..^1], token => (long)token), device: device).unsqueeze(0); // (1, L-1)
            var temperatures = temperature is { } value ? full([1], value, ScalarType.Float32, device) : null;
            return of.Hidden(input, temperatures).squeeze(0).DetachFromDisposeScope(); // (L-1, E)
        }
        finally
        {
            of.train(wasTraining);
        }
    }
}
