namespace Lhts.Telemetry.Tests.Report;

public sealed class PlotPageTests
{
    [Test]
    public void Render_OfFigures_IsAPageThatHoldsThemAndEscapesText()
    {
        var figure = new PlotFigure("A <b> & c", "x", "y",
            [new PlotCurve("measured", [(0, 1, 0.1), (1, 2, double.NaN), (double.PositiveInfinity, 3, 0)]), new PlotCurve("line", [(0, 0, 0), (1, 1, 0)])]);

        var page = PlotPage.Render("Title <x>", "a < b", [figure]);

        Assert.That(page, Does.Contain("<svg").And.Contain("A &lt;b&gt; &amp; c").And.Contain("<h1>Title &lt;x&gt;</h1>").And.Contain("a &lt; b"));
        Assert.That(page, Does.Not.Contain("NaN").And.Not.Contain("Infinity").And.Not.Contain("<script"));
    }
}
