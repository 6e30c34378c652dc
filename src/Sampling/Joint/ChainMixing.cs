namespace Lhts.Sampling.Joint;

/// <summary>What correlated draws of several chains are worth.</summary>
public static class ChainMixing
{
    /// <summary>
    /// Effective sample size of a mean over all states, by autocovariances about the mean of all chains (so that chains that stay apart count as
    /// correlated), summed in pairs as long as these are positive and fall (Geyer 1992).
    /// </summary>
    /// <param name="chains">At least one chain; all of the same length, at least 1.</param>
    /// <returns>At most the number of states; that number where all states are equal.</returns>
    public static double EffectiveSampleSize(IReadOnlyList<IReadOnlyList<double>> chains)
    {
        var length = chains[0].Count;
        var numStates = chains.Count * length;
        var mean = chains.Average(chain => chain.Average());
        var variance = Autocovariance(chains, mean, 0);
        if (!(variance > 0)) return numStates;
        var (sum, before) = (0.0, double.PositiveInfinity);
        for (var lag = 0; lag + 1 < length; lag += 2)
        {
            var pair = (Autocovariance(chains, mean, lag) + Autocovariance(chains, mean, lag + 1)) / variance;
            if (pair <= 0) break;
            sum += before = Math.Min(before, pair);
        }

        return length == 1 ? numStates : Math.Min(numStates, numStates / ((2 * sum) - 1));
    }

    private static double Autocovariance(IReadOnlyList<IReadOnlyList<double>> chains, double mean, int lag) => chains.Average(
        chain => Enumerable.Range(0, chain.Count - lag).Average(i => (chain[i] - mean) * (chain[i + lag] - mean)));
}
