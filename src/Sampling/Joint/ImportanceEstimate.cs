namespace Lhts.Sampling.Joint;

/// <summary>
/// log Z_T from independent texts of a proposal q with log-weights <c>log p(x)/T - log q(x)</c>, such as those of a run that never resamples.
/// </summary>
/// <param name="LogZ">log mean exp: at most log Z_T on average, and the nearer the more weights (Burda, Grosse, Salakhutdinov 2016).</param>
/// <param name="LogZError">Its standard error by the delta method; means little where the effective sample size is small.</param>
/// <param name="EffectiveSampleSize">Of the weights.</param>
/// <param name="FreeEnergy">Mean of the log-weights, F_T(q) = log Z_T - KL(q, p_T): a lower bound without a condition.</param>
/// <param name="FreeEnergyError">Its standard error.</param>
public sealed record ImportanceEstimate(double LogZ, double LogZError, double EffectiveSampleSize, double FreeEnergy, double FreeEnergyError)
{
    /// <summary>The estimate from log-weights of independent texts.</summary>
    /// <exception cref="ArgumentException">There are fewer than two.</exception>
    public static ImportanceEstimate Of(IReadOnlyList<double> logWeights)
    {
        if (logWeights.Count < 2) throw new ArgumentException($"{logWeights.Count} weights; two at least are needed.", nameof(logWeights));
        double[] values = [.. logWeights];
        var mean = values.Average();
        var variance = values.Sum(value => Math.Pow(value - mean, 2)) / (values.Length - 1);
        return new ImportanceEstimate(
            LogWeights.LogMean(values), LogWeights.LogMeanError(values), LogWeights.EffectiveSampleSize(values), mean, Math.Sqrt(variance / values.Length));
    }

    /// <summary>The estimate from runs that never resampled.</summary>
    /// <exception cref="ArgumentException">A run did resample: its texts are not independent.</exception>
    public static ImportanceEstimate Of(PowerSmcResult result)
    {
        if (result.NumResamplings > 0) throw new ArgumentException("A run resampled; take ResampleBelow = 0.", nameof(result));
        return Of([.. result.Runs.SelectMany(run => run.LogWeights)]);
    }
}
