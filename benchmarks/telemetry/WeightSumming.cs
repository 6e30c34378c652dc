using Lhts.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Telemetry.Benchmarks;

/// <summary>The sums behind the weights' figures by temperature, which a step makes for each micro-batch.</summary>
internal static class WeightSumming
{
    private const double Clip = 3;

    /// <summary>Sums weights of a micro-batch over 16 temperatures.</summary>
    public static Action Of(int numSequences, int length)
    {
        manual_seed(1);
        var logWeights = randn([numSequences, length], dtype: ScalarType.Float64);
        var clipped = logWeights.clamp_max(Clip);
        var weights = new LhtsWeights(logWeights, clipped, clipped.exp());
        var mask = ones([numSequences, length], dtype: ScalarType.Bool);
        var batch = new ObjectiveBatch(zeros([numSequences, length], dtype: ScalarType.Int64), mask, rand([numSequences]));
        var bins = TemperatureBins.OfRange(0, 1, 16);
        return () =>
        {
            using var scope = NewDisposeScope();
            _ = WeightSums.Of(weights, batch, bins, Clip);
        };
    }
}
