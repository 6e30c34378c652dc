using static TorchSharp.torch;

namespace Lhts.Sampling.Processors;

// B rows, V vocabulary.

/// <summary>
/// The processors of some options in their order: token filter, repetition penalty, presence and frequency penalty, temperature, top-k, top-p, min-p,
/// typical. Each works on what the one before has left, normalised: behind a negative temperature the likeliest token is the model's least likely.
/// </summary>
public sealed class LogitProcessors
{
    private readonly ILogitProcessor[] all;

    /// <summary>The processors that the options ask for; those that would change nothing are left out.</summary>
    /// <param name="options">Without faults.</param>
    public LogitProcessors(SamplingOptions options)
    {
        all = [.. Of(options)];
        IsGreedy = all is [TemperatureProcessor { IsGreedy: true }, ..];
    }

    /// <summary>In their order.</summary>
    public IReadOnlyList<ILogitProcessor> All => all;

    /// <summary>Whether nothing but the likeliest token is asked for; what stands behind temperature 0 has one token to choose from.</summary>
    internal bool IsGreedy { get; }

    /// <summary>The scores after all processors.</summary>
    /// <param name="logits">(B, V).</param>
    /// <param name="histories">B rows' tokens so far.</param>
    /// <returns>(B, V) float64, whose softmax the token is drawn from.</returns>
    public Tensor Apply(Tensor logits, IReadOnlyList<ITokenHistory> histories) =>
        all.Aggregate(logits.to(ScalarType.Float64), (scores, processor) => processor.Apply(scores, histories));

    /// <summary>The distribution of one row before the first processor and after each.</summary>
    /// <param name="logits">(V).</param>
    /// <param name="history">The row's tokens so far.</param>
    /// <returns>A name and V probabilities each.</returns>
    public IReadOnlyList<(string Name, double[] Probabilities)> Trace(Tensor logits, ITokenHistory history)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var scores = logits.to(ScalarType.Float64).unsqueeze(0); // (1, V)
        var stages = new List<(string, double[])> { ("model", Probabilities(scores)) };
        foreach (var processor in all)
        {
            scores = processor.Apply(scores, [history]);
            stages.Add((processor.Name, Probabilities(scores)));
        }

        return stages;
    }

    private static double[] Probabilities(Tensor scores) => scores.softmax(-1).cpu().data<double>().ToArray();

    private static IEnumerable<ILogitProcessor> Of(SamplingOptions options)
    {
        if (options.AllowedTokens is not null || options.BannedTokens.Count > 0) yield return new TokenFilter(options.AllowedTokens, options.BannedTokens);
        if (options.RepetitionPenalty != 1) yield return new RepetitionPenalty(options.RepetitionPenalty);
        if (options.PresencePenalty != 0 || options.FrequencyPenalty != 0) yield return new CountPenalty(options.PresencePenalty, options.FrequencyPenalty);
        if (options.Temperature != 1 || options.Schedule is not null) yield return new TemperatureProcessor(options.Temperature, options.Schedule);
        if (options.TopK is { } k) yield return new TopK(k);
        if (options.TopP < 1) yield return new TopP(options.TopP);
        if (options.MinP > 0) yield return new MinP(options.MinP);
        if (options.Typical < 1) yield return new Typical(options.Typical);
    }
}
