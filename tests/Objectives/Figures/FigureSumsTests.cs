using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Figures;

public sealed class FigureSumsTests : TensorTest
{
    [Test]
    public void Figures_OfEachSource_AreThoseOfItsOwnSequences()
    {
        var step = RandomStep.Of(seed: 6, numSequences: 9, length: 10, numTokens: 6);
        using var objective = new LhtsObjective(new LhtsOptions { Horizon = 3, Clip = 1, Baseline = BaselineKind.None, Beta = 0 }, RandomStep.MaxLength);
        var losses = StepRunner.Run([objective], [[step.Part(0, 4, padding: 0), step.Part(4, 3, padding: 2), step.Part(7, 2, padding: 0)]]);
        int[] sources = [0, 2, 0];

        var sums = new FigureSums(new FigureLayout(objective.Figures, numSources: 3));
        foreach (var (loss, source) in losses.Zip(sources)) sums.Add(loss.Figures, source: source);
        var table = sums.Read();

        var bySource = objective.Figures.Where(figure => figure.By == FigureBy.Source).ToArray();
        Assert.That(bySource, Has.Length.EqualTo(4));
        foreach (var figure in bySource)
        {
            Assert.That(table.Of(figure, 1), Is.Null, "no sequence has this one");
            Assert.That(table.Of(figure, 0), Is.EqualTo(FigureTable.Of(objective, losses[0], losses[2])[figure]!.Value).Within(1e-12), figure.Key);
            Assert.That(table.Of(figure, 2), Is.EqualTo(FigureTable.Of(objective, losses[1])[figure]!.Value).Within(1e-12), figure.Key);
        }
    }

    [Test]
    public void Figures_OfAnObjectiveWithoutWeights_HaveNone()
    {
        var step = RandomStep.Of(seed: 6, numSequences: 5, length: 10, numTokens: 6);
        using var objective = new MleObjective();
        var table = FigureTable.Of(objective, StepRunner.Run([objective], [[step]]));
        Assert.That(WeightFigures.All.Select(figure => table[figure]), Is.All.Null);
        Assert.That(table[LossFigures.Kl], Is.Null);
        Assert.That(table[LossFigures.Surprisal], Is.EqualTo(table[LossFigures.Loss]).Within(1e-12), "maximum likelihood minimises just that");
    }

    [Test]
    public void Figures_OfEveryKind_AreThoseOfTheNumbersThatWereAdded()
    {
        FigureColumn own = new("own"), squares = new("squares"), largest = new("largest", isMaximum: true);
        var mask = tensor(new[] { true, true, true, false, false, false }).view(3, 2); // two positions, one, none
        var values = new FigureValues(mask)
            .Add(own, tensor(new[] { 3.0, 6, double.NaN })).Add(squares, tensor(new[] { 9.0, 36, 1 })).Add(largest, tensor(new[] { -3.0, -6, 8 }));
        var table = Read(
            values, Of(Statistic.Sum(own)), Of(Statistic.PerCount(own)), Of(Statistic.PerSequence(own)), Of(Statistic.PerToken(own)),
            Of(Statistic.Maximum(largest)), Of(Statistic.EffectiveSampleSize(own, squares, FigureColumn.Sequences)),
            Of(Statistic.RootMeanSquare(squares, FigureColumn.Sequences)));
        Assert.That(table, Is.EqualTo(new[] { 9, 4.5, 4.5, 3, -3, 0.9, Math.Sqrt(22.5) }).Within(1e-12), "the sequence without a position counts nowhere");
    }

    [Test]
    public void Figure_ThatIsNotDeclared_IsRefused()
    {
        var values = new FigureValues(ones(2, 3, dtype: ScalarType.Bool)).Add(new FigureColumn("stray"), ones(2));
        Assert.That(
            () => new FigureSums(new FigureLayout(LossFigures.All)).Add(values), Throws.InvalidOperationException.With.Message.Contains("'stray'"));
    }

    [Test]
    public void Values_OfAnotherShape_AreRefused() => Assert.That(
        () => new FigureValues(ones(2, 3, dtype: ScalarType.Bool)).Add(LossFigures.Loss, ones(2, 3)),
        Throws.ArgumentException.With.Message.Contains("(2, 3)").And.Message.Contains("(2, 1)"));

    [Test]
    public void Declarations_OfAllFigures_DoNotCollide()
    {
        Figure[] all = [.. LossFigures.All, .. WeightFigures.All];
        Assert.That(all.Select(figure => (figure.By == FigureBy.Source, figure.Key)), Is.Unique, "of one key there is one number in metrics.jsonl");
        Assert.That(all.Select(figure => (figure.Name, figure.Label)), Is.Unique);
        foreach (var same in all.GroupBy(figure => figure.Name))
        {
            Assert.That(same.Select(figure => (figure.Unit, figure.Help, figure.By, figure.IsCounter)).Distinct().Count(), Is.EqualTo(1), same.Key);
        }
    }

    private static double?[] Read(FigureValues values, params Figure[] figures)
    {
        var table = new FigureSums(new FigureLayout(figures)).Add(values).Read();
        return Array.ConvertAll(figures, figure => table[figure]);
    }

    private static Figure Of(Statistic statistic) => new("lhts.test", null, "A test's.", statistic) { Key = "test" };
}
