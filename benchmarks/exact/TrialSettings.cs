namespace Lhts.Benchmarks.Exact;

/// <summary>How a student is trained on a Markov chain's samples.</summary>
public sealed record TrialSettings
{
    /// <summary>T. Default 0.5.</summary>
    public double Temperature { get; init; } = 0.5;

    /// <summary>Sequences in all, each seen once. Default 20,000.</summary>
    public int NumSequences { get; init; } = 20_000;

    /// <summary>Sequences a step. Default 50.</summary>
    public int BatchSize { get; init; } = 50;

    /// <summary>Adam's step size for the student, falling linearly to zero. Default 0.1.</summary>
    public double StepSize { get; init; } = 0.1;

    /// <summary>Adam's step size for the head, likewise. Default 0.05.</summary>
    public double HeadStepSize { get; init; } = 0.05;

    /// <summary>Of samples and initial values. Default 0.</summary>
    public int Seed { get; init; }
}

/// <summary>What came of a trial.</summary>
/// <param name="Divergence">KL(p_T || q), nats per sequence.</param>
/// <param name="TokenSampleRatio">ESS / N of token weights, mean over the last quarter of the steps; 1 without weights.</param>
/// <param name="ClipFraction">Share of clipped weights, likewise.</param>
/// <param name="HeadError">Root mean square of b less the exact log zeta, under p; NaN without a head.</param>
/// <param name="HeadSpread">The same after the mean error of each position is taken out: what bears on the optimum.</param>
/// <param name="EffectiveTemperature">Of the student, from 2,000 of its samples.</param>
public sealed record TrialResult(double Divergence, double TokenSampleRatio, double ClipFraction, double HeadError, double HeadSpread, double EffectiveTemperature);
