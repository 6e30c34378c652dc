using Lhts.Data.Tokenizers;
using Lhts.Sampling;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary><c>lhts sample --method plain</c>: token by token, many prompts in batches, shown while they grow.</summary>
/// <param name="source">The model.</param>
/// <param name="options">How tokens are drawn.</param>
/// <param name="numDraws">Texts for each prompt.</param>
/// <param name="stops">Stop strings, before the first of which a text ends.</param>
/// <param name="isJson">Whether JSON Lines are written.</param>
internal sealed class PlainSampling(SamplingModel source, SamplingOptions options, int numDraws, IReadOnlyList<string> stops, bool isJson)
{
    public void Run(IReadOnlyList<NamedPrompt> prompts, CancellationToken stop)
    {
        var sampler = new Sampler(source.Model, options);
        int[][] all = [.. prompts.SelectMany(prompt => Enumerable.Repeat(source.Encode(prompt.Text), numDraws))];
        var stream = new TextStream(source, all, MostNew, stops, isJson ? null : Console.Out);
        using var progress = isJson ? new DelayedProgress(TimeProvider.System, "sampling", all.Length, "texts") : null;
        var samples = sampler.Sample(all, 0, progress, stop, Temperatures(prompts), isJson && stops.Count == 0 ? null : stream.Observe);
        if (!isJson) stream.Complete();
        for (var i = 0; isJson && i < samples.Count; i++) Write(samples[i], prompts[i / numDraws], stops.Count == 0 ? null : stream.TextOf(i));
    }

    private int MostNew(int promptLength) => Math.Min(options.MaxNewTokens ?? int.MaxValue, source.Model.Config.NumPositions - promptLength);

    /// <summary>One long-horizon temperature for each text where a prompt has its own; else those of the options serve.</summary>
    private double[]? Temperatures(IReadOnlyList<NamedPrompt> prompts) => prompts.All(prompt => prompt.LongHorizonTemperature is null)
        ? null
        : [.. prompts.SelectMany(prompt => Enumerable.Repeat(prompt.LongHorizonTemperature ?? options.LongHorizonTemperature ?? 1, numDraws))];

    private void Write(SampledSequence sample, NamedPrompt prompt, string? stoppedText) => Console.WriteLine(SampleLine.ToJson(new SampleLine(
        prompt.Id,
        prompt.Id is null ? null : prompt.Text,
        stoppedText ?? source.Tokenizer.Decode(sample.Tokens.AsSpan(1)),
        sample.Tokens,
        sample.LogProbs.Sum(value => (double)value),
        prompt.LongHorizonTemperature,
        stoppedText is null ? null : sample.IsStopped)));
}
