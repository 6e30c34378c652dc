using static TorchSharp.torch;

namespace Lhts.Evaluation.Temperatures;

// N positions, V vocabulary.

/// <summary>
/// Of predictions at inverse temperatures: with b = 1/T the log-likelihood of what came is b z - log sum exp(b z), its slope in b what came less what is
/// expected, and its curvature less the variance, so that it is concave over the whole line of b.
/// </summary>
/// <param name="LogLikelihood">N values in nats.</param>
/// <param name="Slope">N.</param>
/// <param name="Variance">N variances of the logits.</param>
/// <param name="IsGreatest">N: whether nothing has a greater logit than what came.</param>
/// <param name="IsLeast">N: whether nothing has a smaller one.</param>
internal sealed record Moments(double[] LogLikelihood, double[] Slope, double[] Variance, bool[] IsGreatest, bool[] IsLeast)
{
    /// <summary>Of a chunk.</summary>
    /// <param name="chunk">The predictions.</param>
    /// <param name="inverse">N inverse temperatures, any finite ones.</param>
    public static Moments Of(PredictionChunk chunk, double[] inverse)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var logits = chunk.Logits.to(ScalarType.Float64);
        var isOut = logits.eq(double.NegativeInfinity);
        var finite = logits.masked_fill(isOut, 0.0); // (N, V)
        var scaled = (finite * tensor(inverse, device: logits.device).unsqueeze(1)).masked_fill(isOut, double.NegativeInfinity);
        var logSum = scaled.logsumexp(-1, keepdim: true); // (N, 1)
        var probabilities = (scaled - logSum).exp();
        var mean = (probabilities * finite).sum(-1, keepdim: true); // (N, 1)
        var variance = (probabilities * (finite - mean).square()).sum(-1); // (N)
        var came = Came(chunk, logits, finite); // (N)
        var likelihood = (came * tensor(inverse, device: logits.device)) - logSum.squeeze(1);
        var least = logits.masked_fill(isOut, double.PositiveInfinity).neg().amax(1).neg(); // (N)
        return new Moments(Values(likelihood), Values(came - mean.squeeze(1)), Values(variance), Truths(came.ge(logits.amax(1))), Truths(came.le(least)));
    }

    private static Tensor Came(PredictionChunk chunk, Tensor logits, Tensor finite) => chunk.Targets is { } targets
        ? (targets.to(ScalarType.Float64) * finite).sum(-1)
        : logits.gather(1, tensor(chunk.Labels, device: logits.device).unsqueeze(1)).squeeze(1);

    private static bool[] Truths(Tensor truths) => truths.cpu().data<bool>().ToArray();

    private static double[] Values(Tensor values) => values.cpu().data<double>().ToArray();
}
