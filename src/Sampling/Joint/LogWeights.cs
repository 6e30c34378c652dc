namespace Lhts.Sampling.Joint;

/// <summary>Sums and averages of weights that are kept as logs.</summary>
public static class LogWeights
{
    /// <summary>log sum exp; -infinity for no weights or none above 0.</summary>
    public static double LogSum(ReadOnlySpan<double> logWeights)
    {
        var greatest = double.NegativeInfinity;
        foreach (var value in logWeights) greatest = Math.Max(greatest, value);
        if (!double.IsFinite(greatest)) return greatest;
        var sum = 0.0;
        foreach (var value in logWeights) sum += Math.Exp(value - greatest);
        return greatest + Math.Log(sum);
    }

    /// <summary>log of the mean of exp.</summary>
    public static double LogMean(ReadOnlySpan<double> logWeights) => LogSum(logWeights) - Math.Log(logWeights.Length);

    /// <summary>The weights divided by their sum.</summary>
    public static double[] Normalise(ReadOnlySpan<double> logWeights)
    {
        var logSum = LogSum(logWeights);
        var weights = new double[logWeights.Length];
        for (var i = 0; i < weights.Length; i++) weights[i] = Math.Exp(logWeights[i] - logSum);
        return weights;
    }

    /// <summary>Effective sample size, (sum w)^2 / sum w^2 (Kish 1965): from 1 to the number of weights.</summary>
    public static double EffectiveSampleSize(ReadOnlySpan<double> logWeights)
    {
        var squares = 0.0;
        foreach (var weight in Normalise(logWeights)) squares += weight * weight;
        return 1 / squares;
    }

    /// <summary>Standard error of <see cref="LogMean"/> of independent weights, by the delta method; NaN for fewer than two.</summary>
    public static double LogMeanError(ReadOnlySpan<double> logWeights)
    {
        var count = logWeights.Length;
        if (count < 2) return double.NaN;
        var squares = 0.0; // of the weights less their mean, over the mean
        foreach (var weight in Normalise(logWeights)) squares += Math.Pow((count * weight) - 1, 2);
        return Math.Sqrt(squares / (count - 1) / count);
    }
}
