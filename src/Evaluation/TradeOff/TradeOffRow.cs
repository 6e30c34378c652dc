using Lhts.Sampling;

namespace Lhts.Evaluation;

/// <summary>One setting in the comparison of likelihood with diversity: samples of one source, measured by the teacher and by themselves.</summary>
public sealed record TradeOffRow
{
    /// <summary>The model that drew the samples.</summary>
    public required SampleSource Source { get; init; }

    /// <summary>The student's long-horizon temperature, asked for or its only one; <see langword="null"/> for the teacher.</summary>
    public required double? LongHorizonTemperature { get; init; }

    /// <summary>The myopic temperature of each token's draw.</summary>
    public required double MyopicTemperature { get; init; }

    /// <summary>Number of samples.</summary>
    public required int NumSamples { get; init; }

    /// <summary>The teacher's log-likelihood of what was generated.</summary>
    public required Likelihood Likelihood { get; init; }

    /// <summary>How varied what was generated is, in words or tokens as the caller counts.</summary>
    public required Diversity Diversity { get; init; }

    /// <summary>distinct-n of the tokens for n = 1 to 4. Default null: not measured.</summary>
    public IReadOnlyList<double>? TokenDistinct { get; init; }

    /// <summary>Entropy of what the samples were drawn from. Default null: not measured, as for greedy draws.</summary>
    public EntropyEstimate? Entropy { get; init; }

    /// <summary>
    /// Free energy in nats a sequence, at the student's temperature or, for the teacher, at its myopic one: log Z_T less the divergence from p_T.
    /// Default null: not measured.
    /// </summary>
    public Figure? FreeEnergy { get; init; }

    /// <summary>By how many nats a sequence a student is nearer to p_T than the best myopic temperature. Default null: the teacher, or not measured.</summary>
    public Figure? Gain { get; init; }

    /// <summary>The myopic temperature that <see cref="Gain"/> compares with. Default null.</summary>
    public double? BestMyopicTemperature { get; init; }

    /// <summary>What the samples say of log Z_T, from below. Default null: not measured.</summary>
    public PartitionBound? LogPartitionBound { get; init; }

    /// <summary>
    /// What the reference's texts of p_T say of log Z_T with this row's log-probs, from above. Default null: no such texts, or of several prompts.
    /// </summary>
    public PartitionBound? LogPartitionUpperBound { get; init; }

    /// <summary>A student's own estimate of KL(q || p_T) in nats a sequence, without log Z_T. Default null: not measured.</summary>
    public Figure? OwnDivergence { get; init; }

    /// <summary>KL(q || p_T) = log Z_T - F in nats a sequence. Default null: log Z_T is not known.</summary>
    public Figure? Divergence { get; init; }

    /// <summary>Share of the best myopic temperature's divergence that the student takes away: 1 for p_T itself. Default null: log Z_T is not known.</summary>
    public Figure? GapClosed { get; init; }

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

    /// <summary>The same with what the samples tell of entropy, free energy and log Z_T.</summary>
    /// <param name="draws">The samples with their log p and log q.</param>
    /// <param name="temperature">T of the free energy.</param>
    public TradeOffRow With(ScoredDraws draws, double temperature) => this with
    {
        Entropy = EntropyEstimate.Of(draws),
        FreeEnergy = Lhts.Evaluation.FreeEnergy.Of(draws, temperature),
        LogPartitionBound = LogPartition.LowerBound(draws, temperature),
        OwnDivergence = LogPartition.OwnDivergence(draws, temperature),
    };

    /// <summary>The same with the gain over the best that dividing logits does, and what log Z_T makes of it.</summary>
    /// <param name="best">The best myopic temperature, its free energy estimated on other draws.</param>
    /// <param name="reference">p_T itself, or null where nobody knows it.</param>
    /// <exception cref="InvalidOperationException">The row has no free energy.</exception>
    public TradeOffRow Against(MyopicBest best, JointReference? reference = null)
    {
        var own = FreeEnergy ?? throw new InvalidOperationException("A gain takes the free energy of the samples first.");
        return this with
        {
            Gain = own.Minus(best.FreeEnergy),
            BestMyopicTemperature = best.MyopicTemperature,
            Divergence = reference?.LogPartition.Minus(own),
            GapClosed = reference?.GapClosed(own, best.FreeEnergy),
        };
    }
}
