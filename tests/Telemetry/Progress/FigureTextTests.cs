using Lhts.Telemetry.Progress;

namespace Lhts.Telemetry.Tests.Progress;

public class FigureTextTests
{
    [TestCase(2.34567, FigureStyle.Number, "2.346")]
    [TestCase(0.00001234, FigureStyle.Number, "1.234e-05")]
    [TestCase(double.NaN, FigureStyle.Number, "NaN")]
    [TestCase(999, FigureStyle.Count, "999")]
    [TestCase(999.7, FigureStyle.Count, "1.0k")]
    [TestCase(12345, FigureStyle.Count, "12.3k")]
    [TestCase(2.5e6, FigureStyle.Count, "2.5M")]
    [TestCase(7e9, FigureStyle.Count, "7.0G")]
    [TestCase(0.714, FigureStyle.Percent, "71%")]
    public void Of_Value_IsShort(double value, FigureStyle style, string expected) =>
        Assert.That(FigureText.Of(new ProgressFigure("x", value, style)), Is.EqualTo(expected));

    [TestCase(-3, "0s")]
    [TestCase(9.4, "9s")]
    [TestCase(59.6, "1:00")]
    [TestCase(245, "4:05")]
    [TestCase(7445, "2:04:05")]
    [TestCase(3 * 86400 + 7445, "3d 02:04")]
    public void Duration_Seconds_IsShort(double seconds, string expected) =>
        Assert.That(FigureText.Duration(TimeSpan.FromSeconds(seconds)), Is.EqualTo(expected));
}
