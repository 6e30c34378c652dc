namespace Lhts.Benchmarks.Exact;

/// <summary>What came of a trial on a Markov chain.</summary>
public sealed record MarkovResult
{
    /// <summary>KL(p_T || q), nats per sequence.</summary>
    public double Divergence { get; init; }

    /// <summary>ESS / N of token weights, mean over the last quarter of the steps; 1 without weights.</summary>
    public double TokenSampleRatio { get; init; }

    /// <summary>Share of clipped weights, likewise.</summary>
    public double ClipFraction { get; init; }

    /// <summary>See <see cref="EnumeratedResult.NoiseAtStart"/>.</summary>
    public double NoiseAtStart { get; init; }

    /// <summary>See <see cref="EnumeratedResult.NoiseAtEnd"/>.</summary>
    public double NoiseAtEnd { get; init; }

    /// <summary>Root mean square of b less the exact log zeta, under p; NaN without a head.</summary>
    public double HeadError { get; init; } = double.NaN;

    /// <summary>The same after the mean error of each position is taken out: what bears on the optimum.</summary>
    public double HeadSpread { get; init; } = double.NaN;

    /// <summary>Of the student, from 2,000 of its samples.</summary>
    public double EffectiveTemperature { get; init; }
}
