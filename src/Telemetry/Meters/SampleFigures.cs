namespace Lhts.Telemetry;

/// <summary>
/// Likelihood and diversity of samples of one model at one temperature. Lists over n-grams hold n = 1, 2, 3, 4 in this order; an empty one
/// was not measured.
/// </summary>
public readonly record struct SampleFigures
{
    /// <summary>The longest n-grams that are exported; the rest of a list is left out.</summary>
    public const int MaxNGram = 4;

    private readonly IReadOnlyList<double>? _distinct, _repetition, _entropy;

    /// <summary>Where the samples come from.</summary>
    public required SampledModel Model { get; init; }

    /// <summary>The temperature that was asked for.</summary>
    public required double Temperature { get; init; }

    /// <summary>Mean log-likelihood of the samples under the teacher at temperature 1, in nats per token.</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>Different n-grams over all n-grams of the samples (distinct-n), from 0 to 1. Default empty.</summary>
    public IReadOnlyList<double> Distinct { get => _distinct ?? []; init => _distinct = value; }

    /// <summary>Share of n-grams that are repetitions within their sample (seq-rep-n), from 0 to 1. Default empty.</summary>
    public IReadOnlyList<double> Repetition { get => _repetition ?? []; init => _repetition = value; }

    /// <summary>Entropy of the n-grams of all samples, in nats. Default empty.</summary>
    public IReadOnlyList<double> Entropy { get => _entropy ?? []; init => _entropy = value; }

    /// <summary>Mean BLEU of a sample against the others, from 0 to 1. Default null: not measured.</summary>
    public double? SelfBleu { get; init; }

    /// <summary>
    /// The temperature at which the teacher's own (myopic) samples have this log-likelihood. Default null: not measured, or out of range.
    /// </summary>
    public double? MyopicTemperature { get; init; }

    /// <summary>
    /// The joint temperature that pairs of samples tell: the slope of their log-likelihoods under the teacher over those under the model
    /// that drew them. Default null: not measured.
    /// </summary>
    public double? EffectiveTemperature { get; init; }

    /// <summary>Its standard error. Default null: not measured.</summary>
    public double? EffectiveTemperatureError { get; init; }

    /// <summary>Entropy of what the samples were drawn from, in nats per token. Default null: not measured.</summary>
    public double? EntropyPerToken { get; init; }

    /// <summary>log Z_T less the divergence from p_T, in nats a sequence. Default null: not measured.</summary>
    public double? FreeEnergy { get; init; }

    /// <summary>By how many nats a sequence the student is nearer to p_T than the teacher's best myopic temperature. Default null: not measured.</summary>
    public double? Gain { get; init; }

    /// <summary>Its standard error. Default null: not measured.</summary>
    public double? GainError { get; init; }
}
