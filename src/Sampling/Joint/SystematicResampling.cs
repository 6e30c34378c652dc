namespace Lhts.Sampling.Joint;

/// <summary>
/// Systematic resampling (Kitagawa 1996): one uniform number u, and the places (i + u) / M on the cumulative weights. Each weight w is taken
/// floor(M w) or ceil(M w) times, M w times on average.
/// </summary>
public static class SystematicResampling
{
    /// <summary>The indices taken, in ascending order.</summary>
    /// <param name="weights">0 or more, with a sum above 0.</param>
    /// <param name="count">M, how many are taken.</param>
    /// <param name="uniform">In [0, 1).</param>
    public static int[] Draw(ReadOnlySpan<double> weights, int count, double uniform)
    {
        var total = 0.0;
        foreach (var weight in weights) total += weight;
        var taken = new int[count];
        var (index, sum) = (0, weights[0]);
        for (var i = 0; i < count; i++)
        {
            var place = (i + uniform) / count * total;
            while (sum <= place && index < weights.Length - 1) sum += weights[++index];
            taken[i] = index;
        }

        return taken;
    }

    /// <summary>The same, ordered so that each index that is taken at all has its own place: what survives need not be moved.</summary>
    /// <returns>As many indices as weights.</returns>
    public static int[] Ancestors(ReadOnlySpan<double> weights, double uniform)
    {
        var ancestors = new int[weights.Length];
        Array.Fill(ancestors, -1);
        var copies = new Queue<int>();
        foreach (var index in Draw(weights, weights.Length, uniform))
        {
            if (ancestors[index] < 0) ancestors[index] = index;
            else copies.Enqueue(index);
        }

        for (var i = 0; i < ancestors.Length; i++)
        {
            if (ancestors[i] < 0) ancestors[i] = copies.Dequeue();
        }

        return ancestors;
    }
}
