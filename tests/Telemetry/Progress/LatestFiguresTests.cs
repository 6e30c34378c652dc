using Lhts.Telemetry.Progress;

namespace Lhts.Telemetry.Tests.Progress;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class LatestFiguresTests
{
    private readonly ManualTime _time = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    [Test]
    public void Plain_WorkThatIsBrokenOff_EndsWithTheFiguresOfItsLastReport()
    {
        using (var work = ProgressReporters.Plain(_output, _time, TimeSpan.FromSeconds(10)).Begin("student", 100, "steps"))
        {
            for (var step = 1; step <= 4; step++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                work.Report(step, new ProgressFigure("loss", 5 - step));
            }
        }

        Assert.That(_output.ToString(), Is.EqualTo("student 1/100 steps 1.0% left 1:39 loss=4\nstudent 4/100 steps 4.0% took 4s loss=1\n"));
    }

    [Test]
    public void Rate_OfStepsThatDiffer_IsThatOfTheLastSecondsTogether()
    {
        var figures = new LatestFigures();
        figures.Set([Rate(amount: 376, seconds: 4)]);
        Assert.That(figures.Texts("="), Is.EqualTo((string[])["tok/s=94"]));
        for (var step = 0; step < 30; step++) figures.Set([Rate(amount: 500, seconds: 0.5), new("kl", 1)]);
        Assert.That(figures.Texts("="), Is.EqualTo((string[])["tok/s=1.0k", "kl=1"]), "the slow first step is more than ten seconds ago");
        figures.Set([Rate(amount: 0, seconds: 10)]);
        Assert.That(figures.Texts("="), Is.EqualTo((string[])["tok/s=0"]));
    }

    [Test]
    public void Rate_OfManyShortSteps_ForgetsThemToo()
    {
        var window = new RateWindow();
        for (var step = 0; step < 100_000; step++) window.Add(7, 0.001);
        for (var step = 0; step < 11_000; step++) Assert.That(window.Add(9, 0.001), Is.InRange(7 / 0.001 - 1, 9 / 0.001 + 1));
        Assert.That(window.Add(9, 0.001), Is.EqualTo(9000).Within(1e-3));
    }

    private static ProgressFigure Rate(double amount, double seconds) => new("tok/s", amount, FigureStyle.Count) { Seconds = seconds };
}
