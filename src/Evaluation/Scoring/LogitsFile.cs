using System.Globalization;
using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Evaluation;

/// <summary>Writes a model's logits for comparison with other programs.</summary>
public static class LogitsFile
{
    /// <summary>
    /// Writes one tensor for each sequence, named <c>0</c>, <c>1</c>, ... in their order: (tokens, vocabulary) float32, row i being the logits of
    /// the token after token i. All of them are in memory together.
    /// </summary>
    /// <param name="path">The safetensors file to make.</param>
    /// <param name="model">The model; dropout is switched off meanwhile.</param>
    /// <param name="sequences">Token arrays of 1 token to the model's context.</param>
    /// <param name="temperature">Long-horizon temperature for a student that knows temperatures; <see langword="null"/> for 1.</param>
    public static void Write(string path, Gpt2 model, IReadOnlyList<int[]> sequences, double? temperature = null)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var wasTraining = model.training;
        model.eval();
        model.SetTemperature(temperature ?? 1);
        try
        {
            SafetensorsFile.Write(path, sequences.Select((tokens, i) => KeyValuePair.Create(
                i.ToString(CultureInfo.InvariantCulture), Logits(model, tokens, temperature))).ToArray());
        }
        finally
        {
            model.train(wasTraining);
        }
    }

    private static Tensor Logits(Gpt2 model, int[] tokens, double? temperature)
    {
        using var scope = NewDisposeScope();
        var device = model.TokenEmbedding.device;
        var input = tensor(Array.ConvertAll(tokens, token => (long)token), device: device).unsqueeze(0); // (1, L)
        var temperatures = temperature is { } value ? full([1], value, ScalarType.Float32, device) : null;
        return model.Logits(model.Hidden(input, temperatures)).squeeze(0).to(ScalarType.Float32).MoveToOuterDisposeScope(); // (L, V)
    }
}
