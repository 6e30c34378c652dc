using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>How much the gradient of a step varies from batch to batch.</summary>
/// <param name="Variance">The trace of its covariance over batches.</param>
/// <param name="SquaredMean">
/// The squared norm of its mean: that of the sample mean less the variance that the mean has left, and no less than that.
/// </param>
public sealed record GradientNoise(double Variance, double SquaredMean)
{
    private const int NumBatches = 24;

    /// <summary>Estimates it from 24 batches.</summary>
    /// <param name="parameters">By which the gradient is taken.</param>
    /// <param name="differentiate">Adds the gradient of a fresh batch.</param>
    public static GradientNoise Of(IEnumerable<Parameter> parameters, Action differentiate)
    {
        using var scope = NewDisposeScope();
        var trained = parameters.ToArray();
        var gradients = new List<Tensor>();
        for (var i = 0; i < NumBatches; i++)
        {
            using var inner = NewDisposeScope();
            foreach (var parameter in trained) parameter.grad?.zero_();
            differentiate();
            gradients.Add(cat(trained.Select(parameter => parameter.grad!.reshape(-1)).ToArray(), 0).to(ScalarType.Float64).MoveToOuterDisposeScope());
        }

        var all = stack(gradients.ToArray(), 0); // (batches, parameters)
        var mean = all.mean([0]);
        var variance = (all - mean).square().sum().item<double>() / (NumBatches - 1);
        return new(variance, Math.Max(mean.square().sum().item<double>() - variance / NumBatches, variance / NumBatches));
    }
}
