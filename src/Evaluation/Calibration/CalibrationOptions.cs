namespace Lhts.Evaluation.Calibration;

/// <summary>How predictions' probabilities are judged.</summary>
public sealed record CalibrationOptions
{
    /// <summary>Bins of equal width of the greatest probability. Default 15 (Guo et al. 2017).</summary>
    public int NumBins { get; init; } = 15;

    /// <summary>Bootstrap resamples of an interval. Default 1000.</summary>
    public int NumResamples { get; init; } = 1000;

    /// <summary>Seed of the resamples. Default 0.</summary>
    public ulong Seed { get; init; }
}
