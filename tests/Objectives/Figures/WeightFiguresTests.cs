using Lhts.Testing;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Figures;

public sealed class WeightFiguresTests : TensorTest
{
    private static readonly LhtsOptions Options = new() { Horizon = 4, Clip = 0.5, Baseline = BaselineKind.Index, Beta = 0 };
    private static readonly TemperatureBins Bins = TemperatureBins.OfList([0.5, 0.7, 0.9]);

    [Test]
    public void Figures_OfEachTemperature_AreThoseOfItsOwnWeights()
    {
        var step = RandomStep.Of(seed: 3, numSequences: 9, length: 12, numTokens: 6);
        using var objective = new LhtsObjective(Options, RandomStep.MaxLength, Bins);
        var table = Read(objective, StepRunner.Run([objective], [[step]]), [step]);
        var weights = objective.WeightsOf(step.Batch, step.Teacher);

        var byTemperature = WeightFigures.All.Where(figure => figure.By == FigureBy.Temperature);
        Assert.That(byTemperature.Select(figure => table.Of(figure, 1)), Is.All.Null, "no sequence has 0.7");
        AssertIs(figure => table.Of(figure, 0), LogWeights(step, weights, 0.5));
        AssertIs(figure => table.Of(figure, 2), LogWeights(step, weights, 0.9));
        foreach (var (bin, temperature) in new[] { (0, 0.5), (2, 0.9) })
        {
            var means = SequenceWeights(step, weights, temperature);
            var expected = Math.Pow(means.Sum(), 2) / means.Length / means.Sum(w => w * w);
            Assert.That(table.Of(WeightFigures.SequenceEffectiveSampleSize, bin), Is.EqualTo(expected).Within(1e-9));
        }

        AssertIs(figure => table[figure], [.. LogWeights(step, weights, 0.5), .. LogWeights(step, weights, 0.9)]);
    }

    [Test]
    public void Figures_OfMicroBatches_AddUpToThoseOfTheWhole()
    {
        var step = RandomStep.Of(seed: 5, numSequences: 8, length: 10, numTokens: 6);
        using var whole = new LhtsObjective(Options, RandomStep.MaxLength, Bins);
        using var parts = new LhtsObjective(Options, RandomStep.MaxLength, Bins);
        var expected = Read(whole, StepRunner.Run([whole], [[step]]), [step]);
        RandomStep[] split = [step.Part(0, 3, padding: 2), step.Part(3, 5, padding: 0)];
        var actual = Read(parts, StepRunner.Run([parts], [split]), split);

        foreach (var figure in WeightFigures.All.Where(figure => figure.By == FigureBy.Temperature))
        {
            for (var bin = 0; bin < Bins.Count; bin++) AssertSame(actual.Of(figure, bin), expected.Of(figure, bin), $"{figure.Key}, {bin}");
            AssertSame(actual[figure], expected[figure], figure.Key);
        }
    }

    [Test]
    public void Figures_OfLogWeightsThatAreNotNumbers_AreNotNumbersEither()
    {
        var step = RandomStep.Of(seed: 5, numSequences: 2, length: 4, numTokens: 6);
        var broken = step with { Teacher = step.Teacher with { LogProbs = full_like(step.Teacher.LogProbs, double.NaN) } };
        using var objective = new LhtsObjective(Options, RandomStep.MaxLength, Bins);
        var table = FigureTable.Of(objective, StepRunner.Run([objective], [[broken]]));
        Assert.That(table[WeightFigures.MeanLog], Is.NaN);
        Assert.That(table[LossFigures.Loss], Is.NaN);
        Assert.That(table.NotFinite().Select(found => found.Figure.Key), Is.EquivalentTo(new[] { "loss", "weights.meanLogWeight" }));
    }

    private static FigureTable Read(IObjective objective, List<ObjectiveLoss> losses, IReadOnlyList<RandomStep> parts)
    {
        var sums = new FigureSums(new FigureLayout(objective.Figures, Bins));
        foreach (var (loss, part) in losses.Zip(parts)) sums.Add(loss.Figures, part.Batch.Temperatures);
        return sums.Read();
    }

    private static void AssertSame(double? actual, double? expected, string what)
    {
        if (expected is { } number) Assert.That(actual, Is.EqualTo(number).Within(1e-9), what);
        else Assert.That(actual, Is.Null, what);
    }

    private static void AssertIs(Func<Figure, double?> actual, double[] logWeights)
    {
        var clip = Options.Clip!.Value;
        var weights = Array.ConvertAll(logWeights, value => Math.Exp(Math.Min(value, clip)));
        var sorted = logWeights.Order().ToArray();
        Assert.That(actual(WeightFigures.ClipFraction), Is.EqualTo(logWeights.Count(value => value > clip) / (double)logWeights.Length).Within(1e-12));
        Assert.That(actual(WeightFigures.EffectiveSampleSize), Is.EqualTo(Math.Pow(weights.Sum(), 2) / weights.Length / weights.Sum(w => w * w)).Within(1e-9));
        Assert.That(actual(WeightFigures.Mean), Is.EqualTo(weights.Average()).Within(1e-9));
        var ofTheLargest = weights.Max() * 0.01 * weights.Length / weights.Sum();
        Assert.That(actual(WeightFigures.TopShare), Is.EqualTo(ofTheLargest).Within(1e-9), "of fewer than 100 weights, a part of the largest");
        Assert.That(actual(WeightFigures.MeanLog), Is.EqualTo(logWeights.Average()).Within(1e-9));
        Assert.That(actual(WeightFigures.LargestLog), Is.EqualTo(sorted[^1]).Within(1e-12));
        Assert.That(actual(WeightFigures.BaselineError), Is.EqualTo(Math.Sqrt(logWeights.Average(value => value * value))).Within(1e-9));
        var median = actual(WeightFigures.MedianLog)!.Value;
        Assert.That(sorted.Count(value => value < median - 0.1), Is.LessThanOrEqualTo(sorted.Length * 0.5), "the median, to the width of a bin");
        Assert.That(sorted.Count(value => value <= median + 0.1), Is.GreaterThanOrEqualTo(sorted.Length * 0.5));
        Assert.That(actual(WeightFigures.LowLog), Is.LessThanOrEqualTo(median));
        Assert.That(actual(WeightFigures.HighLog), Is.GreaterThanOrEqualTo(median));
    }

    /// <summary>The mean weights of the sequences of one temperature that have a valid position.</summary>
    private static double[] SequenceWeights(RandomStep step, LhtsWeights weights, double temperature)
    {
        var means = SequenceMeans.Of(step.Batch.Mask);
        var isChosen = means.Counted.logical_and(step.Batch.Temperatures.eq(temperature)).to(ScalarType.Float64).Values();
        return [.. means.Mean(weights.Weights).Values().Zip(isChosen).Where(pair => pair.Second > 0).Select(pair => pair.First)];
    }

    /// <summary>The log weights of the valid positions of one temperature.</summary>
    private static double[] LogWeights(RandomStep step, LhtsWeights weights, double temperature)
    {
        var isChosen = step.Batch.Mask.logical_and(step.Batch.Temperatures.eq(temperature).unsqueeze(1));
        return [.. weights.LogWeights.Values().Zip(isChosen.to(ScalarType.Float64).Values()).Where(pair => pair.Second > 0).Select(pair => pair.First)];
    }
}
