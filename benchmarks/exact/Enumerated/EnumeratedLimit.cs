using Lhts.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>Where a method ends on an enumerated teacher.</summary>
/// <param name="Divergence">KL(p_T || q), nats per sequence.</param>
/// <param name="TotalVariation">Half the sum of |p_T - q|.</param>
/// <param name="EffectiveTemperature">Over all pairs of sequences, equally weighted.</param>
/// <param name="TokenSampleRatio">E[w]^2 / E[w^2] over tokens, x ~ p; 1 without weights.</param>
/// <param name="GradientVariance">
/// Trace of the covariance over sequences of the gradient by the logits at q = p, over the square of the mean weight; 0 without weights.
/// </param>
public sealed record LimitResult(double Divergence, double TotalVariation, double EffectiveTemperature, double TokenSampleRatio, double GradientVariance);

/// <summary>Finds the limits of methods on one teacher, in closed form.</summary>
public sealed class EnumeratedLimit(Enumeration space, Tensor table, double temperature)
{
    /// <summary>Ordinary temperature.</summary>
    public LimitResult Myopic() => Measure(table / temperature, 1, 0);

    /// <summary>LHTS with the tail dropped, no clip.</summary>
    public LimitResult Dropped(long? horizon)
    {
        using var baseline = new NoBaseline(horizon);
        return OfLogWeights(baseline.LogWeights(Inputs()));
    }

    /// <summary>LHTS with the tail from the exact log-partition b: a*s_i + b(x_&lt;i+h) - b(x_&lt;i).</summary>
    public LimitResult Bootstrapped(long horizon)
    {
        var inputs = Inputs();
        var values = space.LogPartitions(table, temperature).index_select(0, space.Prefixes.reshape(-1)).reshape(space.NumSequences, space.Length);
        var sums = HorizonSum.Of(inputs.LogProbs, inputs.Mask, horizon) * inputs.Exponents;
        return OfLogWeights(sums + HorizonSum.ShiftedLeft(values, horizon) - values);
    }

    private WeightInputs Inputs() => WeightInputs.Of(
        new(space.Sequences, space.Mask, full(space.NumSequences, temperature, dtype: ScalarType.Float64)), new(space.LogProbs(table)));

    private LimitResult OfLogWeights(Tensor logWeights)
    {
        using var scope = NewDisposeScope();
        var weights = logWeights.exp(); // (N, L)
        var probabilities = space.LogProbs(table).sum(dim: 1).exp().unsqueeze(1); // (N, 1)
        var cells = (space.Prefixes * space.NumSymbols + space.Sequences).reshape(-1);
        var masses = zeros(space.NumPrefixes * space.NumSymbols, dtype: ScalarType.Float64)
            .scatter_add_(0, cells, (weights * probabilities).reshape(-1)).reshape(space.NumPrefixes, space.NumSymbols);
        var mean = (weights * probabilities).sum().item<double>() / space.Length;
        var square = (weights.square() * probabilities).sum().item<double>() / space.Length;
        return Measure(masses.log(), mean * mean / square, GradientVariance(weights, probabilities) / (mean * mean));
    }

    private double GradientVariance(Tensor weights, Tensor probabilities)
    {
        var head = TokenHead.Differentiate(space.Logits(table), space.Sequences, weights / space.Length, divergence: null);
        var second = (head.Gradient.square().sum(dim: 2) * probabilities).sum().item<double>();
        return second - space.ExpectedGradient(head.Gradient, probabilities.squeeze(1)).square().sum().item<double>();
    }

    private LimitResult Measure(Tensor model, double sampleRatio, double gradientVariance)
    {
        var target = space.JointTemperature(table, temperature);
        var (logP, logQ) = (space.LogProbs(table).sum(dim: 1), space.LogProbs(model).sum(dim: 1));
        var variation = 0.5 * (target.exp() - logQ.exp()).abs().sum().item<double>();
        var effective = EffectiveTemperature.Of(logP.data<double>().ToArray(), logQ.data<double>().ToArray());
        return new(space.Divergence(target, model), variation, effective.Value, sampleRatio, gradientVariance);
    }
}
