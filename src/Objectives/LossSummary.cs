namespace Lhts.Objectives;

/// <summary>The figures of a step.</summary>
public sealed record LossSummary
{
    /// <summary>The loss that is minimised, per sequence or per token as the objective counts.</summary>
    public double Loss { get; init; }

    /// <summary>Its likelihood part, before the normaliser: for LHTS the mean over sequences of the mean over positions of w * (-log q).</summary>
    public double Likelihood { get; init; }

    /// <summary>The divergence from the teacher in nats per token, before beta.</summary>
    public double Kl { get; init; }

    /// <summary>Mean over valid positions of -log q, unweighted, in nats: the student's own cross-entropy on what it is trained on.</summary>
    public double Surprisal { get; init; }

    /// <summary>The loss of the objective's own parameters.</summary>
    public double Auxiliary { get; init; }

    /// <summary>Valid positions.</summary>
    public double Tokens { get; init; }

    /// <summary>Sequences with a valid position.</summary>
    public double Sequences { get; init; }

    /// <summary>Mean weight over valid positions; 0 where an objective has no weights.</summary>
    public double MeanWeight { get; init; }

    /// <summary>Mean log weight before the clip.</summary>
    public double MeanLogWeight { get; init; }

    /// <summary>The largest log weight before the clip; minus infinity without weights.</summary>
    public double MaxLogWeight { get; init; }

    /// <summary>The log weight before the clip that 1 in 100 is below, to 0.1 nats between -20 and 20; NaN without weights.</summary>
    public double LowLogWeight { get; init; }

    /// <summary>The median log weight, likewise.</summary>
    public double MedianLogWeight { get; init; }

    /// <summary>The log weight that 1 in 100 is above, likewise.</summary>
    public double HighLogWeight { get; init; }

    /// <summary>The share of all weight, after the clip, that the largest hundredth of the weights holds; NaN without weights.</summary>
    public double TopWeightShare { get; init; }

    /// <summary>The share of valid positions whose log weight was above the clip, 0 to 1.</summary>
    public double ClipFraction { get; init; }

    /// <summary>Effective sample size over sample size, (sum w)^2 / (N sum w^2), of token weights after the clip; 1 without weights.</summary>
    public double TokenSampleRatio { get; init; }

    /// <summary>The same of the sequences' mean weights.</summary>
    public double SequenceSampleRatio { get; init; }

    /// <summary>Health of the weights over all temperatures; null for an objective without weights.</summary>
    public WeightSummary? Weights { get; init; }

    /// <summary>The same for each temperature in the order of the objective's bins, null where the step had none; empty without weights.</summary>
    public IReadOnlyList<WeightSummary?> WeightsByTemperature { get; init; } = [];

    /// <summary>The figures of each source of sequences, null where the step had none; empty where they were not told apart.</summary>
    public IReadOnlyList<SourceSummary?> Sources { get; init; } = [];
}
