namespace Lhts.Evaluation.Temperatures;

/// <summary>The distribution softmax(z / T) of some logits, by its moments.</summary>
/// <param name="Temperature">T of the whole real line.</param>
/// <param name="Entropy">H in nats.</param>
/// <param name="ExpectedLogit">E[z].</param>
/// <param name="Variance">Var[z].</param>
/// <param name="Derivative">dH/dT = Var[z] / T^3: above 0 entropy rises with T, below 0 it falls as T rises to 0; 0 at the limits.</param>
public sealed record EntropyPoint(double Temperature, double Entropy, double ExpectedLogit, double Variance, double Derivative)
{
    /// <summary>
    /// At one temperature. At 0 it is the limit from above, even over the greatest logits, and at -0 that from below, even over the least; at infinity it
    /// is even over all. Logits of -infinity have probability 0 at every temperature.
    /// </summary>
    /// <exception cref="ArgumentException">A logit is NaN or +infinity, all are -infinity, or T is NaN.</exception>
    public static EntropyPoint Of(IReadOnlyList<double> logits, double temperature)
    {
        if (double.IsNaN(temperature)) throw new ArgumentException("The temperature is NaN.", nameof(temperature));
        if (logits.Any(logit => double.IsNaN(logit) || double.IsPositiveInfinity(logit)) || !logits.Any(double.IsFinite))
        {
            throw new ArgumentException("Logits must be numbers, or -infinity for what is left out, and one of them finite.", nameof(logits));
        }

        double[] finite = [.. logits.Where(double.IsFinite)];
        var probabilities = Probabilities(finite, temperature);
        var mean = finite.Zip(probabilities, (z, p) => p * z).Sum();
        var variance = finite.Zip(probabilities, (z, p) => p * (z - mean) * (z - mean)).Sum();
        var entropy = probabilities.Where(p => p > 0).Sum(p => -p * Math.Log(p)); // 0 and not -0 where one is certain
        var isLimit = temperature == 0 || double.IsInfinity(temperature);
        return new EntropyPoint(temperature, entropy, mean, variance, isLimit ? 0 : variance / Math.Pow(temperature, 3));
    }

    private static double[] Probabilities(double[] logits, double temperature)
    {
        var sign = double.IsNegative(temperature) ? -1 : 1;
        var first = logits.Max(logit => sign * logit); // the likeliest has weight 1, whatever the temperature
        double[] weights = temperature == 0
            ? [.. logits.Select(logit => sign * logit == first ? 1.0 : 0)]
            : [.. logits.Select(logit => Math.Exp(((sign * logit) - first) / Math.Abs(temperature)))];
        var total = weights.Sum();
        return [.. weights.Select(weight => weight / total)];
    }
}
