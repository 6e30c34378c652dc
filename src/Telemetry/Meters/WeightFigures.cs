namespace Lhts.Telemetry;

/// <summary>Health of the LHTS weights w of one step, taken over all places that count. Log weights are in nats, before the clip.</summary>
public readonly record struct WeightFigures
{
    /// <summary>The share of log weights that the clip cut off, from 0 to 1.</summary>
    public required double ClipFraction { get; init; }

    /// <summary>
    /// Effective sample size of the weights over their number, (sum w)^2 / (n sum w^2), from 1/n to 1 (Kish 1965). Near 0: a few
    /// places decide the gradient.
    /// </summary>
    public required double EffectiveSampleSizeRatio { get; init; }

    /// <summary>The same of the mean weights of the sequences. Default null: not measured.</summary>
    public double? SequenceSampleSizeRatio { get; init; }

    /// <summary>Mean weight after the clip: 1 where a learned baseline is right and nothing is clipped. Default null: not measured.</summary>
    public double? MeanWeight { get; init; }

    /// <summary>Share of all weight that the largest hundredth of the weights holds, from 0.01 to 1. Default null: not measured.</summary>
    public double? TopShare { get; init; }

    /// <summary>Mean log weight.</summary>
    public required double MeanLogWeight { get; init; }

    /// <summary>Largest log weight.</summary>
    public required double MaxLogWeight { get; init; }

    /// <summary>The 5%, 50% and 95% quantiles of the log weights. Default null: not measured.</summary>
    public LogWeightQuantiles? Quantiles { get; init; }

    /// <summary>
    /// Root mean square of what the baseline leaves of the scaled horizon sums, before the clip. Default null: not measured.
    /// </summary>
    public double? BaselineError { get; init; }
}

/// <summary>Quantiles of log weights, in nats.</summary>
public readonly record struct LogWeightQuantiles(double P05, double P50, double P95);
