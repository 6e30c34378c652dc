using System.Globalization;
using Lhts.Data.Tokenizers;
using Lhts.Sampling;
using Lhts.Sampling.Joint;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary><c>lhts sample --method power-mh</c>: texts of p^(1/T), by Metropolis-Hastings.</summary>
/// <param name="source">The model p.</param>
/// <param name="options">Temperature, chains, blocks.</param>
/// <param name="numDraws">Texts for each prompt.</param>
/// <param name="isJson">Whether a JSON line is written for each prompt.</param>
internal sealed class JointMhSampling(SamplingModel source, PowerMhOptions options, int numDraws, bool isJson)
{
    public void Run(IReadOnlyList<NamedPrompt> prompts, CancellationToken stop)
    {
        var sampler = new PowerMh(source.Model, options);
        var encoded = prompts.Select(prompt => source.Encode(prompt.Text)).ToArray();
        for (var i = 0; i < prompts.Count; i++)
        {
            var most = Math.Min(options.MaxNewTokens ?? int.MaxValue, source.Model.Config.NumPositions - encoded[i].Length);
            PowerMhResult result;
            using (var progress = new DelayedProgress(TimeProvider.System, $"power MH {i + 1}/{prompts.Count}", sampler.NumSteps(most), "steps"))
            {
                result = sampler.Run(encoded[i], i, progress, stop);
            }

            SampledSequence[] texts = [.. result.Sequences.Take(numDraws)];
            if (isJson) WriteJson(prompts[i], result, texts);
            else WriteText(result, texts);
        }
    }

    private void WriteText(PowerMhResult result, SampledSequence[] texts)
    {
        for (var i = 0; i < texts.Length; i++) Console.WriteLine($"--- {i + 1}\n{TerminalText.ForOutput(Decode(texts[i]))}");
        var (lower, upper) = (Text($"{result.Lower.LogZ:F3} ± {result.Lower.LogZError:F3}"), Text($"{result.Upper:F3} ± {result.UpperError:F3}"));
        Console.WriteLine(Text($"\nlog Z at T {options.Temperature}: {lower} from below, {upper} from above where the chains have reached p_T"));
        Console.WriteLine(Text($"acceptance rate {result.AcceptanceRate:F3}, effective sample size {result.EffectiveSampleSize:F1} of {result.NumStates}"));
        Console.WriteLine(Text($"model calls: {result.NumTokens} tokens through the model"));
    }

    private void WriteJson(NamedPrompt prompt, PowerMhResult result, SampledSequence[] texts) => Console.WriteLine(SampleLine.ToJson(new
    {
        prompt.Id,
        Prompt = prompt.Id is null ? null : prompt.Text,
        options.Temperature,
        LogZLower = result.Lower.LogZ,
        LogZLowerError = result.Lower.LogZError,
        LogZUpper = result.Upper,
        LogZUpperError = result.UpperError,
        result.AcceptanceRate,
        result.EffectiveSampleSize,
        result.NumStates,
        result.NumTokens,
        Texts = texts.Select(text => new { Text = Decode(text), Ids = text.Tokens }),
    }));

    private string Decode(SampledSequence text) => source.Tokenizer.Decode(text.Tokens.AsSpan(1));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
