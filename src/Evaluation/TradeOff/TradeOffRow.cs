using Lhts.Sampling;

namespace Lhts.Evaluation;

/// <summary>One setting in the comparison of likelihood with diversity: samples of one source, measured by the teacher and by themselves.</summary>
public sealed record TradeOffRow
{
    /// <summary>The model that drew the samples.</summary>
    public required SampleSource Source { get; init; }

    /// <summary>The student's long-horizon temperature; <see langword="null"/> for the teacher.</summary>
    public required double? LongHorizonTemperature { get; init; }

    /// <summary>The myopic temperature of each token's draw.</summary>
    public required double MyopicTemperature { get; init; }

    /// <summary>Number of samples.</summary>
    public required int NumSamples { get; init; }

    /// <summary>The teacher's log-likelihood of what was generated.</summary>
    public required Likelihood Likelihood { get; init; }

    /// <summary>How varied what was generated is.</summary>
    public required Diversity Diversity { get; init; }

    /// <summary>The joint temperature that pairs of the samples tell. Default null: not measured, or all samples alike.</summary>
    public TemperatureEstimate? EffectiveTemperature { get; init; }

    /// <summary>Measures samples. Only generated tokens count, not the prompts.</summary>
    /// <param name="source">The model that drew them.</param>
    /// <param name="options">How they were drawn.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="scores">The teacher's scores of the whole sequences, in the same order.</param>
    /// <exception cref="ArgumentException">Samples and scores do not belong together.</exception>
    public static TradeOffRow Measure(
        SampleSource source, SamplingOptions options, IReadOnlyList<SampledSequence> samples, IReadOnlyList<ScoredSequence> scores)
    {
        if (samples.Count != scores.Count)
        {
            throw new ArgumentException($"{scores.Count} scores were given for {samples.Count} samples.", nameof(scores));
        }
        return new TradeOffRow
        {
            Source = source,
            LongHorizonTemperature = options.LongHorizonTemperature,
            MyopicTemperature = options.Temperature,
            NumSamples = samples.Count,
            Likelihood = Likelihood.Of(samples.Zip(scores, GeneratedTokens.LogProbs)),
            Diversity = Diversity.Of([.. samples.Select(sample => sample.Generated.ToArray())]),
        };
    }
}
