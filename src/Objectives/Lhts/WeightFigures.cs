using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>Health of the weights, over all temperatures and for each. Log weights are in nats, before the clip; weights are those after it.</summary>
public static class WeightFigures
{
    private const double Top = 0.01;

    private static readonly FigureColumn Weight = new("weight");
    private static readonly FigureColumn WeightSquared = new("weight squared");
    private static readonly FigureColumn LogWeight = new("log weight");
    private static readonly FigureColumn LogWeightSquared = new("log weight squared");
    private static readonly FigureColumn LargestLogWeight = new("largest log weight", isMaximum: true);
    private static readonly FigureColumn Clipped = new("clipped");
    private static readonly FigureColumn SequenceWeight = new("sequence weight");
    private static readonly FigureColumn SequenceWeightSquared = new("sequence weight squared");

    /// <summary>To a tenth of a nat between -20 and 20.</summary>
    private static readonly FigureHistogram Histogram = new("log weight", lowest: -20, width: 0.1, numBins: 400);

    private static readonly FigurePlot HealthPlot = new(
        "Health of the weights",
        "Effective sample size near 0 means that a few places decide the gradient; much clipping means that the weights are biased.") { Range = (0, 1) };

    private static readonly FigurePlot LogWeightPlot = new("Log weights", "With a good baseline the mean stays near or below 0 and the largest at the clip.");

    /// <summary>The share of positions whose log weight was above the clip.</summary>
    public static Figure ClipFraction { get; } = Of(
        "clipped", "1", "Share of LHTS log weights cut off by the clip.", "clipFraction", Statistic.PerToken(Clipped)) with
    {
        Short = "clipped", Plot = HealthPlot, Legend = "clipped",
    };

    /// <summary>Effective sample size over sample size.</summary>
    public static Figure EffectiveSampleSize { get; } = Of(
        "effective_sample_size", "1", "Effective sample size of the LHTS weights over their number.", "effectiveSampleSizeRatio",
        Statistic.EffectiveSampleSize(Weight, WeightSquared, FigureColumn.Tokens)) with { Short = "ESS", Plot = HealthPlot, Legend = "effective sample size" };

    /// <summary>The same of the sequences' mean weights.</summary>
    public static Figure SequenceEffectiveSampleSize { get; } = Of(
        "sequence_effective_sample_size", "1", "Effective sample size of the sequences' mean weights over their number.", "sequenceSampleSizeRatio",
        Statistic.EffectiveSampleSize(SequenceWeight, SequenceWeightSquared, FigureColumn.Sequences));

    /// <summary>Mean weight: 1 at every prefix with an exact learned baseline and nothing clipped.</summary>
    public static Figure Mean { get; } = Of("mean", null, "Mean LHTS weight after the clip.", "meanWeight", Statistic.PerToken(Weight));

    /// <summary>The share of all weight that the largest hundredth of the weights holds.</summary>
    public static Figure TopShare { get; } = Of(
        "top_share", "1", "Share of all weight that the largest hundredth of the weights holds.", "topShare", Statistic.TopShare(Histogram, Top));

    /// <summary>Mean log weight.</summary>
    public static Figure MeanLog { get; } = OfLog("mean", "meanLogWeight", Statistic.PerToken(LogWeight)) with
    {
        MustBeFinite = true, Plot = LogWeightPlot, Legend = "mean",
    };

    /// <summary>The largest log weight.</summary>
    public static Figure LargestLog { get; } = OfLog("max", "maxLogWeight", Statistic.Maximum(LargestLogWeight)) with
    {
        Plot = LogWeightPlot, Legend = "largest",
    };

    /// <summary>Root mean square of the log weights: what the baseline leaves of the scaled horizon sums.</summary>
    public static Figure BaselineError { get; } = Of(
        "baseline_error", "{nat}", "Root mean square of the scaled horizon sums less their baseline.", "baselineError",
        Statistic.RootMeanSquare(LogWeightSquared, FigureColumn.Tokens));

    /// <summary>What a twentieth of the log weights lies below.</summary>
    public static Figure LowLog { get; } = OfLog("p05", "logWeightP05", Statistic.Quantile(Histogram, 0.05));

    /// <summary>The median log weight.</summary>
    public static Figure MedianLog { get; } = OfLog("p50", "logWeightP50", Statistic.Quantile(Histogram, 0.5));

    /// <summary>What a twentieth of the log weights lies above.</summary>
    public static Figure HighLog { get; } = OfLog("p95", "logWeightP95", Statistic.Quantile(Histogram, 0.95));

    /// <summary>Effective sample size over sample size, by source.</summary>
    public static Figure SourceEffectiveSampleSize { get; } = new(
        "lhts.source.effective_sample_size", "1", "Effective sample size of the weights of a source over their number.",
        Statistic.EffectiveSampleSize(Weight, WeightSquared, FigureColumn.Tokens)) { Key = "effectiveSampleSizeRatio", By = FigureBy.Source };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Figure> All { get; } =
    [
        ClipFraction, EffectiveSampleSize, SequenceEffectiveSampleSize, Mean, TopShare, MeanLog, LargestLog, BaselineError, LowLog, MedianLog, HighLog,
        SourceEffectiveSampleSize,
    ];

    /// <summary>Adds the weights of a micro-batch.</summary>
    /// <param name="figures">Where they go.</param>
    /// <param name="weights">(B, L).</param>
    /// <param name="mask">(B, L) bool.</param>
    /// <param name="clip">The bound that was used.</param>
    public static void AddTo(FigureValues figures, LhtsWeights weights, Tensor mask, double? clip)
    {
        var logWeights = weights.LogWeights;
        var clipped = clip is { } bound ? logWeights.gt(bound).logical_and(mask) : zeros_like(mask);
        var sequenceWeights = weights.Weights.sum(dim: 1) / mask.to(ScalarType.Float64).sum(dim: 1).clamp_min(1.0); // (B)
        figures
            .Add(Weight, weights.Weights.sum(dim: 1)).Add(WeightSquared, weights.Weights.square().sum(dim: 1))
            .Add(LogWeight, logWeights.sum(dim: 1)).Add(LogWeightSquared, logWeights.square().sum(dim: 1))
            .Add(LargestLogWeight, logWeights.masked_fill(mask.logical_not(), double.NegativeInfinity).amax([1]))
            .Add(Clipped, clipped.to(ScalarType.Float64).sum(dim: 1))
            .Add(SequenceWeight, sequenceWeights).Add(SequenceWeightSquared, sequenceWeights.square());
        Histogram.AddTo(figures, logWeights, weights.Weights, mask);
    }

    private static Figure OfLog(string statistic, string key, Statistic of) =>
        Of("log", "{nat}", "LHTS log weights before the clip.", key, of) with { Label = ("statistic", statistic) };

    private static Figure Of(string name, string? unit, string help, string key, Statistic statistic) =>
        new("lhts.weight." + name, unit, help, statistic) { Key = "weights." + key, By = FigureBy.Temperature };
}
