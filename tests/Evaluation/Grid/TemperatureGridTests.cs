using Lhts.Evaluation.Grid;

namespace Lhts.Evaluation.Tests.Grid;

public sealed class TemperatureGridTests
{
    private static readonly GridOptions Options =
        new() { LongHorizonTemperatures = [0.5, 1], MyopicTemperatures = [0.5, 1], NumSamples = 40, NumResamples = 200 };

    [Test]
    public void Grid_OfAStudentThatFollowsItsTemperature_SaysSo()
    {
        var grid = TemperatureGrid.Of(Options, Options.Keys().Select(key => Cell(key, vocabularyOfStudent: 60)));
        Assert.That(grid.Whole.Change.Value, Is.EqualTo(1).Within(0.2));
        Assert.That(grid.Whole.Change.IsAboveZero, Is.True);
        Assert.That(grid.Steps.Single(), Is.EqualTo(grid.Whole));
        Assert.That(grid.ToText(), Does.Contain("It rises as a whole, and rises in 1 of 1 steps, 1 of them with certainty; 0 fall with certainty."));
    }

    [Test]
    public void Points_OfAMoreVariedStudent_LieAboveTheCurve()
    {
        var varied = TemperatureGrid.Of(Options, Options.Keys().Select(key => Cell(key, vocabularyOfStudent: 400)));
        Assert.That(Compared(varied), Is.Not.Empty);
        Assert.That(Compared(varied).Select(point => point.Lead.IsAboveZero), Has.All.True);
        var dull = TemperatureGrid.Of(Options, Options.Keys().Select(key => Cell(key, vocabularyOfStudent: 3)));
        Assert.That(Compared(dull), Is.Not.Empty);
        Assert.That(Compared(dull).Select(point => point.Lead.IsBelowZero), Has.All.True);
    }

    [Test]
    public void Lead_OfAPoint_IsItsDiversityLessTheCurves()
    {
        var cells = Options.Keys().Select(key => Cell(key, vocabularyOfStudent: 60)).ToDictionary(cell => cell.Key);
        var point = TemperatureGrid.Of(Options, cells.Values).Student.Single(point => point.Key == new GridKey(0.5, 1));
        (double, double)[] curve =
            [.. Options.MyopicTemperatures.Select(t => cells[new GridKey(null, t)]).Select(cell => (cell.LogLikelihood, cell.Diversity))];
        Assert.That(point.CurveDiversity, Is.EqualTo(MyopicFrontier.DiversityAt(curve, point.LogLikelihood.Value)).Within(1e-12));
        Assert.That(point.Lead.Value, Is.EqualTo(point.Diversity.Value - point.CurveDiversity).Within(1e-12));
        Assert.That(point.Lead.Low, Is.LessThan(point.Lead.Value));
        Assert.That(point.Lead.High, Is.GreaterThan(point.Lead.Value));
    }

    [Test]
    public void Grid_OfOneTemperature_HasNoSteps()
    {
        var options = Options with { LongHorizonTemperatures = [0.5] };
        var grid = TemperatureGrid.Of(options, options.Keys().Select(key => Cell(key, vocabularyOfStudent: 60)));
        Assert.That(grid.Steps, Is.Empty);
        Assert.That(grid.ToText(), Does.Not.Contain("as a whole"));
    }

    [Test]
    public void FromJson_OfToJson_IsTheSameGrid()
    {
        var grid = TemperatureGrid.Of(Options, Options.Keys().Select(key => Cell(key, vocabularyOfStudent: 60)));
        var read = TemperatureGrid.FromJson(grid.ToJson());
        Assert.That(read.ToText(), Is.EqualTo(grid.ToText()));
        Assert.That(read.Student, Is.EqualTo(grid.Student));
        Assert.That(read.Teacher, Is.EqualTo(grid.Teacher));
    }

    private static GridPoint[] Compared(TemperatureGrid grid) => [.. grid.Student.Where(point => point.IsCompared)];

    /// <summary>Likelihood falls with both temperatures; the teacher's texts have 60 words at myopic temperature 1, half of them at 0.5.</summary>
    private static GridCell Cell(GridKey key, int vocabularyOfStudent)
    {
        var vocabulary = key.LongHorizonTemperature is null ? 60 : vocabularyOfStudent;
        var logLikelihood = -(2 * key.MyopicTemperature * (key.LongHorizonTemperature ?? 1));
        return SyntheticTexts.Cell(key, 40, Math.Max(2, (int)(vocabulary * key.MyopicTemperature)), logLikelihood, key.SeedFrom(5));
    }
}
