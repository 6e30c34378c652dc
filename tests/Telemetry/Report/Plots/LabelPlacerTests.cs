using Lhts.Telemetry.Report.Plots;

namespace Lhts.Telemetry.Tests.Report.Plots;

public class LabelPlacerTests
{
    private static readonly Box Frame = new(0, 0, 400, 300);

    [Test]
    public void Place_ManyLabelsOfOnePoint_AreApartAndWithinTheFrame()
    {
        var placer = new LabelPlacer(Frame);
        placer.Keep(Box.Around(200, 150, 5));

        Box[] boxes = [.. Enumerable.Range(0, 8).Select(_ => placer.Place(200, 150, 80, 15)).OfType<Box>()];

        Assert.That(boxes, Has.Length.EqualTo(8));
        for (var i = 0; i < boxes.Length; i++)
        {
            Assert.That(boxes[i].IsWithin(Frame));
            Assert.That(boxes[i].Overlap(Box.Around(200, 150, 5)), Is.Zero);
            Assert.That(boxes.Skip(i + 1).Sum(boxes[i].Overlap), Is.Zero);
        }
    }

    [Test]
    public void Place_AtTheRightEdge_TakesTheLeft() =>
        Assert.That(new LabelPlacer(Frame).Place(395, 150, 80, 15)!.Value.Right, Is.LessThan(395));

    [Test]
    public void Place_BesideALine_KeepsOffIt()
    {
        var placer = new LabelPlacer(Frame);
        var line = new Box(200, 148, 400, 152);
        placer.Avoid(line);

        Assert.That(placer.Place(200, 150, 80, 15)!.Value.Overlap(line), Is.Zero);
    }

    [Test]
    public void Place_WhereNothingIsFree_GivesNone()
    {
        var placer = new LabelPlacer(Frame);
        placer.Keep(Frame);

        Assert.That(placer.Place(200, 150, 80, 15), Is.Null);
    }
}
