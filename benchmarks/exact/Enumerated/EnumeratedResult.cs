namespace Lhts.Benchmarks.Exact;

/// <summary>What came of a trial on an enumerated teacher.</summary>
public sealed record EnumeratedResult
{
    /// <summary>KL(p_T || q), nats per sequence.</summary>
    public double Divergence { get; init; }

    /// <summary>Half the sum of |p_T - q| over all sequences.</summary>
    public double TotalVariation { get; init; }

    /// <summary>Of the student, from 2,000 of its samples.</summary>
    public double EffectiveTemperature { get; init; }

    /// <summary>ESS / N of token weights, mean over the last quarter of the steps; 1 without weights.</summary>
    public double TokenSampleRatio { get; init; }

    /// <summary><see cref="GradientNoise.Variance"/> over <see cref="GradientNoise.SquaredMean"/> of a student that is the teacher.</summary>
    public double NoiseAtStart { get; init; }

    /// <summary><see cref="GradientNoise.Variance"/> of the trained student over the same.</summary>
    public double NoiseAtEnd { get; init; }

    /// <summary>Root mean square of b less the exact log zeta, over the positions of sequences from p; NaN without a head.</summary>
    public double HeadError { get; init; }
}
