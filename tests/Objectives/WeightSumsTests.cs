using Lhts.Testing;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests;

public sealed class WeightSumsTests : TensorTest
{
    private static readonly LhtsOptions Options = new() { Horizon = 4, Clip = 0.5, Baseline = BaselineKind.Index, Beta = 0 };
    private static readonly TemperatureBins Bins = TemperatureBins.OfList([0.5, 0.7, 0.9]);

    [Test]
    public void Figures_OfEachTemperature_AreThoseOfItsOwnWeights()
    {
        var step = RandomStep.Of(seed: 3, numSequences: 9, length: 12, numTokens: 6);
        using var objective = new LhtsObjective(Options, RandomStep.MaxLength, Bins);
        var summary = StepRunner.Run([objective], [[step]]).Single().Sums.Summarise();
        var weights = objective.WeightsOf(step.Batch, step.Teacher);

        Assert.That(summary.WeightsByTemperature, Has.Count.EqualTo(3));
        Assert.That(summary.WeightsByTemperature[1], Is.Null, "no sequence has 0.7");
        AssertIs(summary.WeightsByTemperature[0]!, LogWeights(step, weights, 0.5));
        AssertIs(summary.WeightsByTemperature[2]!, LogWeights(step, weights, 0.9));
        foreach (var (figures, temperature) in new[] { (summary.WeightsByTemperature[0]!, 0.5), (summary.WeightsByTemperature[2]!, 0.9) })
        {
            var means = SequenceWeights(step, weights, temperature);
            Assert.That(figures.SequenceSampleRatio, Is.EqualTo(Math.Pow(means.Sum(), 2) / means.Length / means.Sum(w => w * w)).Within(1e-9));
        }

        AssertIs(summary.Weights!, [.. LogWeights(step, weights, 0.5), .. LogWeights(step, weights, 0.9)]);
    }

    [Test]
    public void Figures_OfMicroBatches_AddUpToThoseOfTheWhole()
    {
        var step = RandomStep.Of(seed: 5, numSequences: 8, length: 10, numTokens: 6);
        using var whole = new LhtsObjective(Options, RandomStep.MaxLength, Bins);
        using var parts = new LhtsObjective(Options, RandomStep.MaxLength, Bins);
        var expected = StepRunner.Run([whole], [[step]]).Single().Sums.Summarise();
        var sums = StepRunner.Run([parts], [[step.Part(0, 3, padding: 2), step.Part(3, 5, padding: 0)]]);
        var actual = sums[0].Sums.Plus(sums[1].Sums).Summarise();

        foreach (var (a, b) in actual.WeightsByTemperature.Append(actual.Weights).Zip(expected.WeightsByTemperature.Append(expected.Weights)))
        {
            Assert.That(a is null, Is.EqualTo(b is null));
            if (a is null || b is null) continue;
            Assert.That(a.Tokens, Is.EqualTo(b.Tokens));
            Assert.That(a.SampleRatio, Is.EqualTo(b.SampleRatio).Within(1e-9));
            Assert.That(a.BaselineError, Is.EqualTo(b.BaselineError).Within(1e-9));
            Assert.That(a.MaxLogWeight, Is.EqualTo(b.MaxLogWeight).Within(1e-9));
            Assert.That(a.SequenceSampleRatio, Is.EqualTo(b.SequenceSampleRatio).Within(1e-9));
            Assert.That(a.TopShare, Is.EqualTo(b.TopShare).Within(1e-9));
            Assert.That(a.MeanWeight, Is.EqualTo(b.MeanWeight).Within(1e-9));
            Assert.That(a.Quantiles.Median, Is.EqualTo(b.Quantiles.Median).Within(1e-9));
        }
    }

    [Test]
    public void Figures_OfLogWeightsThatAreNotNumbers_AreNotNumbersEither()
    {
        var step = RandomStep.Of(seed: 5, numSequences: 2, length: 4, numTokens: 6);
        var broken = step with { Teacher = step.Teacher with { LogProbs = full_like(step.Teacher.LogProbs, double.NaN) } };
        using var objective = new LhtsObjective(Options, RandomStep.MaxLength, Bins);
        var summary = StepRunner.Run([objective], [[broken]]).Single().Sums.Summarise();
        Assert.That(summary.Weights!.MeanLogWeight, Is.NaN);
        Assert.That(summary.Loss, Is.NaN);
    }

    private static void AssertIs(WeightSummary actual, double[] logWeights)
    {
        var clip = Options.Clip!.Value;
        var weights = Array.ConvertAll(logWeights, value => Math.Exp(Math.Min(value, clip)));
        var sorted = logWeights.Order().ToArray();
        Assert.That(actual.Tokens, Is.EqualTo(logWeights.Length));
        Assert.That(actual.ClipFraction, Is.EqualTo(logWeights.Count(value => value > clip) / (double)logWeights.Length).Within(1e-12));
        Assert.That(actual.SampleRatio, Is.EqualTo(Math.Pow(weights.Sum(), 2) / weights.Length / weights.Sum(w => w * w)).Within(1e-9));
        Assert.That(actual.MeanWeight, Is.EqualTo(weights.Average()).Within(1e-9));
        Assert.That(actual.TopShare, Is.EqualTo(weights.Max() * 0.01 * weights.Length / weights.Sum()).Within(1e-9), "of fewer than 100 weights, a part of the largest");
        Assert.That(actual.MeanLogWeight, Is.EqualTo(logWeights.Average()).Within(1e-9));
        Assert.That(actual.MaxLogWeight, Is.EqualTo(sorted[^1]).Within(1e-12));
        Assert.That(actual.BaselineError, Is.EqualTo(Math.Sqrt(logWeights.Average(value => value * value))).Within(1e-9));
        var below = sorted.Count(value => value < actual.Quantiles.Median - 0.1);
        Assert.That(below, Is.LessThanOrEqualTo(sorted.Length * 0.5), "the median, to the width of a bin");
        Assert.That(sorted.Count(value => value <= actual.Quantiles.Median + 0.1), Is.GreaterThanOrEqualTo(sorted.Length * 0.5));
        Assert.That(actual.Quantiles.Low, Is.LessThanOrEqualTo(actual.Quantiles.Median));
        Assert.That(actual.Quantiles.High, Is.GreaterThanOrEqualTo(actual.Quantiles.Median));
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
