using Lhts.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Telemetry.Benchmarks;

/// <summary>The sums behind a step's figures by temperature and source, which it makes for each micro-batch.</summary>
internal static class WeightSumming
{
    private const double Clip = 3;

    /// <summary>Sums the weights of a micro-batch over 16 temperatures.</summary>
    public static Action Of(int numSequences, int length)
    {
        manual_seed(1);
        var mask = ones([numSequences, length], dtype: ScalarType.Bool);
        var temperatures = rand([numSequences]);
        var logWeights = randn([numSequences, length], dtype: ScalarType.Float64);
        var clipped = logWeights.clamp_max(Clip);
        var weights = new LhtsWeights(logWeights, clipped, clipped.exp());
        var layout = new FigureLayout([.. LossFigures.All, .. WeightFigures.All], TemperatureBins.OfRange(0, 1, 16), numSources: 2);
        return () =>
        {
            using var scope = NewDisposeScope();
            var figures = new FigureValues(mask);
            WeightFigures.AddTo(figures, weights, mask, Clip);
            _ = new FigureSums(layout).Add(figures, temperatures);
        };
    }
}
