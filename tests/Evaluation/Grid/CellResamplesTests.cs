using Lhts.Evaluation.Grid;

namespace Lhts.Evaluation.Tests.Grid;

public sealed class CellResamplesTests
{
    private const int NumExperiments = 200;
    private const int NumTexts = 60;
    private const int Vocabulary = 30;
    private static readonly GridKey Key = new(0.5, 1);

    [Test]
    public void Resamples_OfOneSeed_AreTheSameAndOfAnotherOthers()
    {
        var cell = SyntheticTexts.Cell(Key, NumTexts, Vocabulary, -1, seed: 1);
        var first = CellResamples.Of(cell, 50, seed: 7);
        Assert.That(CellResamples.Of(cell, 50, seed: 7).LogLikelihoods, Is.EqualTo(first.LogLikelihoods));
        Assert.That(CellResamples.Of(cell, 50, seed: 7).Diversities, Is.EqualTo(first.Diversities));
        Assert.That(CellResamples.Of(cell, 50, seed: 8).Diversities, Is.Not.EqualTo(first.Diversities));
        Assert.That(CellResamples.Of(cell with { Key = new(0.4, 1) }, 50, seed: 7).Diversities, Is.Not.EqualTo(first.Diversities), "cells are independent");
    }

    [Test]
    public void Resamples_OfDistinct2_LieAboutItsValue()
    {
        var cell = SyntheticTexts.Cell(Key, NumTexts, Vocabulary, -1, seed: 2);
        var resamples = CellResamples.Of(cell, 2000, seed: 1);
        Assert.That(resamples.Diversities.Average(), Is.EqualTo(cell.Diversity).Within(0.002), "texts that are drawn twice do not lower it");
        Assert.That(resamples.LogLikelihoods.Average(), Is.EqualTo(cell.LogLikelihood).Within(0.005));
    }

    [Test]
    public void Resamples_OfEqualTexts_DoNotVary()
    {
        var text = new TextFigures(-10, 10, 6, 0);
        var resamples = CellResamples.Of(new GridCell(Key, 6, [.. Enumerable.Repeat(text, 5)]), 20, seed: 1);
        Assert.That(resamples.LogLikelihoods, Has.All.EqualTo(-1).Within(1e-12));
        Assert.That(resamples.Diversities, Has.All.EqualTo(0.2).Within(1e-12));
    }

    /// <summary>The figures of many sets of texts: in how many does the interval hold the figure that sets of this size have on average?</summary>
    [Test]
    public void Intervals_OfManySets_HoldTheTruthAsOftenAsTheySay()
    {
        var cells = Enumerable.Range(1, NumExperiments).Select(i => SyntheticTexts.Cell(Key, NumTexts, Vocabulary, -1, (ulong)i)).ToArray();
        var resamples = cells.Select((cell, i) => CellResamples.Of(cell, 300, (ulong)i)).ToArray();
        Assert.That(Coverage(cells, cell => cell.LogLikelihood, i => resamples[i].LogLikelihoods, truth: -1), Is.InRange(0.89, 0.99));
        var average = cells.Average(cell => cell.Diversity);
        Assert.That(Coverage(cells, cell => cell.Diversity, i => resamples[i].Diversities, average), Is.InRange(0.89, 1));
    }

    /// <summary>The jackknife overstates the variance of a count of different things a little (Efron and Stein 1981), and not by much.</summary>
    [Test]
    public void Spread_OfDistinct2_IsThatBetweenSets()
    {
        var cells = Enumerable.Range(1, NumExperiments).Select(i => SyntheticTexts.Cell(Key, NumTexts, Vocabulary, -1, (ulong)i)).ToArray();
        var between = Deviation(cells.Select(cell => cell.Diversity));
        var within = cells.Select((cell, i) => Deviation(CellResamples.Of(cell, 200, (ulong)i).Diversities)).Average();
        Assert.That(within / between, Is.InRange(0.95, 1.3));
    }

    private static double Coverage(GridCell[] cells, Func<GridCell, double> value, Func<int, IReadOnlyList<double>> resamples, double truth) =>
        cells.Select((cell, i) => Estimate.Of(value(cell), resamples(i)))
            .Count(estimate => estimate.Low <= truth && truth <= estimate.High) / (double)cells.Length;

    private static double Deviation(IEnumerable<double> values)
    {
        double[] all = [.. values];
        var mean = all.Average();
        return Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1));
    }
}
