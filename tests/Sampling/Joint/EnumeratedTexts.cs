using Lhts.Models.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Sampling.Joint.Tests;

/// <summary>Every text of a tiny model with its log-probability, by the definition: each prefix through the model alone, without a cache.</summary>
internal sealed class EnumeratedTexts
{
    public const int NumTokens = 4;

    private readonly Dictionary<string, double> logProbs = new(StringComparer.Ordinal);

    /// <summary>
    /// The texts behind a prompt: of exactly <paramref name="length"/> tokens, or ended earlier by <paramref name="endOfText"/>; without banned tokens.
    /// </summary>
    public EnumeratedTexts(Gpt2 model, int[] prompt, int length, int? endOfText = null, int? banned = null)
    {
        using var noGrad = no_grad();
        model.eval();
        Walk(model, prompt, [], 0, length, endOfText, banned);
    }

    public int Count => logProbs.Count;

    /// <summary>log of the sum of p^(1/T).</summary>
    public double LogZ(double temperature) => LogWeights.LogSum([.. logProbs.Values.Select(value => value / temperature)]);

    /// <summary>Half the sum of the differences between p_T and the shares of weighted texts.</summary>
    public double TotalVariation(double temperature, IEnumerable<(SampledSequence Text, double Weight)> texts)
    {
        var shares = texts.GroupBy(text => Key(text.Text.Generated)).ToDictionary(group => group.Key, group => group.Sum(text => text.Weight));
        var logZ = LogZ(temperature);
        var difference = logProbs.Sum(pair => Math.Abs(Math.Exp((pair.Value / temperature) - logZ) - shares.GetValueOrDefault(pair.Key)));
        return (difference + shares.Where(pair => !logProbs.ContainsKey(pair.Key)).Sum(pair => pair.Value)) / 2;
    }

    /// <summary>A model of four tokens, far from uniform, with a context of eight.</summary>
    public static Gpt2 Model(long seed, TemperatureConditioning conditioning = TemperatureConditioning.None)
    {
        var config = new Gpt2Config
        {
            NumLayers = 1, EmbeddingSize = 8, NumHeads = 2, VocabularySize = NumTokens, NumPositions = 8, InitializerRange = 1,
            TemperatureConditioning = conditioning,
        };
        return new Gpt2(config, new Generator((ulong)seed));
    }

    /// <summary>The same model with its weights a little off.</summary>
    public static Gpt2 Near(Gpt2 model)
    {
        var near = Gpt2Student.From(model, TemperatureConditioning.None);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var noise = new Generator(5);
        foreach (var parameter in near.parameters()) parameter.add_(randn(parameter.shape, generator: noise).mul(0.05));
        return near;
    }

    private static string Key(ReadOnlySpan<int> text) => string.Join(',', text.ToArray());

    private void Walk(Gpt2 model, int[] prompt, int[] text, double logProb, int length, int? endOfText, int? banned)
    {
        if (text.Length == length || (text.Length > 0 && text[^1] == endOfText))
        {
            logProbs[Key(text)] = logProb;
            return;
        }

        var next = NextLogProbs(model, [.. prompt, .. text], banned);
        for (var token = 0; token < NumTokens; token++)
        {
            if (token != banned) Walk(model, prompt, [.. text, token], logProb + next[token], length, endOfText, banned);
        }
    }

    private static double[] NextLogProbs(Gpt2 model, int[] prefix, int? banned)
    {
        using var scope = NewDisposeScope();
        var input = tensor(Array.ConvertAll(prefix, token => (long)token)).unsqueeze(0); // (1, L)
        var logits = model.forward(input)[0, prefix.Length - 1].to(ScalarType.Float64).data<double>().ToArray(); // (V)
        if (banned is { } index) logits[index] = double.NegativeInfinity;
        var logSum = LogWeights.LogSum(logits);
        return Array.ConvertAll(logits, value => value - logSum);
    }
}
