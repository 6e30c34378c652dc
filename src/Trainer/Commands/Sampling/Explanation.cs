using System.Globalization;
using System.Text;
using Lhts.Data.Tokenizers;
using Lhts.Sampling;
using Lhts.Sampling.Processors;
using static TorchSharp.torch;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary><c>lhts sample --explain</c>: the distribution of the token behind a prompt, before the first processor and after each.</summary>
/// <param name="source">The model.</param>
/// <param name="options">How the token is drawn.</param>
internal sealed class Explanation(SamplingModel source, SamplingOptions options)
{
    private const int NumShown = 8, Width = 40;

    /// <summary>Explains the token behind each prompt.</summary>
    public void Write(IReadOnlyList<NamedPrompt> prompts)
    {
        var faults = options.Faults(source.Model.Config.VocabularySize).ToArray();
        if (faults.Length > 0) throw new InvalidDataException($"Sampling options: {string.Join("; ", faults)}.");
        foreach (var prompt in prompts) Console.WriteLine(Of(prompt.Text));
    }

    /// <summary>A small chart for each step.</summary>
    private string Of(string prompt)
    {
        var tokens = source.Encode(prompt);
        var stages = new LogitProcessors(options).Trace(Logits(tokens), new TokenHistory(tokens, tokens.Length));
        return string.Join('\n', stages.Select((stage, i) => Chart(i, stage.Name, stage.Probabilities)));
    }

    /// <summary>The likeliest tokens of a distribution with bars; a bar of full length is probability 1.</summary>
    private string Chart(int number, string name, double[] probabilities)
    {
        var kept = probabilities.Count(value => value > 0);
        var entropy = -probabilities.Where(value => value > 0).Sum(value => value * Math.Log(value));
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{number}. {name}: {kept} tokens, entropy {entropy:F3} nats\n");
        foreach (var (probability, token) in probabilities.Select((value, token) => (value, token)).OrderByDescending(pair => pair.value).Take(NumShown))
        {
            if (probability == 0) break;
            text.Append(CultureInfo.InvariantCulture, $"   {probability,8:F4} {Bar(probability),-Width} {token,6} {NameOf(token)}\n");
        }

        return text.ToString();
    }

    private static string Bar(double probability) => new('#', (int)Math.Round(probability * Width));

    private string NameOf(int token)
    {
        if (token == source.Tokenizer.EndOfText) return "end-of-text";
        if (token >= source.Tokenizer.VocabularySize) return "no text";
        return $"'{TerminalText.Escape(source.Tokenizer.Decode([token])).Replace("\n", "\\n", StringComparison.Ordinal)}'";
    }

    private Tensor Logits(int[] tokens)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var device = source.Model.TokenEmbedding.device;
        source.Model.eval();
        source.Model.SetTemperature(options.LongHorizonTemperature ?? 1);
        var input = tensor(Array.ConvertAll(tokens, token => (long)token), device: device).unsqueeze(0); // (1, L)
        var temperatures = options.LongHorizonTemperature is { } value ? full([1], value, ScalarType.Float32, device) : null;
        return source.Model.Logits(source.Model.Hidden(input, temperatures).select(1, tokens.Length - 1)).squeeze(0).MoveToOuterDisposeScope(); // (V)
    }
}
