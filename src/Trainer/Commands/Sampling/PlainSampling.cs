using Lhts.Data.Tokenizers;
using Lhts.Sampling;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary><c>lhts sample --method plain</c>: token by token, many prompts in batches.</summary>
/// <param name="source">The model.</param>
/// <param name="options">How tokens are drawn.</param>
/// <param name="numDraws">Texts for each prompt.</param>
/// <param name="isJson">Whether JSON Lines are written.</param>
internal sealed class PlainSampling(SamplingModel source, SamplingOptions options, int numDraws, bool isJson)
{
    public void Run(IReadOnlyList<NamedPrompt> prompts, CancellationToken stop)
    {
        var sampler = new Sampler(source.Model, options);
        var encoded = prompts.Select(prompt => source.Encode(prompt.Text)).ToArray();
        int[][] all = [.. encoded.SelectMany(prompt => Enumerable.Repeat(prompt, numDraws))];
        using var progress = new DelayedProgress(TimeProvider.System, "sampling", all.Length, "texts");
        var samples = sampler.Sample(all, progress: progress, cancellation: stop);
        for (var i = 0; i < samples.Count; i++) Write(samples[i], prompts[i / numDraws], i + 1);
    }

    private void Write(SampledSequence sample, NamedPrompt prompt, int number)
    {
        var text = source.Tokenizer.Decode(sample.Tokens.AsSpan(1));
        if (!isJson)
        {
            Console.WriteLine($"--- {number}\n{TerminalText.ForOutput(text)}");
            return;
        }

        var prompted = prompt.Id is null ? null : prompt.Text;
        Console.WriteLine(SampleLine.ToJson(new SampleLine(prompt.Id, prompted, text, sample.Tokens, sample.LogProbs.Sum(value => (double)value))));
    }
}
