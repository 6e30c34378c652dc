using Lhts.Evaluation.Calibration;
using Lhts.Evaluation.Temperatures;
using Lhts.Evaluation.Tests.Temperatures;
using Lhts.Sampling;
using Lhts.Testing;
using static TorchSharp.torch;

namespace Lhts.Evaluation.Tests.Calibration;

public sealed class CalibrationTests : TensorTest
{
    private static readonly CalibrationOptions Options = new() { NumResamples = 100 };

    [Test]
    public void Of_AnotherProgramsRows_GivesItsNumbers()
    {
        foreach (var expected in GoldenTemperature.Calibration)
        {
            var figures = CalibrationFigures.Of(GoldenTemperature.Table, expected[0], Options);
            double[] found =
                [figures.Temperature, figures.NegativeLogLikelihood.Value, figures.Brier.Value, figures.CalibrationError.Value, figures.Accuracy.Value];

            Assert.That(found, Is.EqualTo(expected).Within(1e-9));
            Assert.That(figures.NegativeLogLikelihood.Value, Is.InRange(figures.NegativeLogLikelihood.Low, figures.NegativeLogLikelihood.High));
            Assert.That(figures.Bins.Sum(bin => bin.Count), Is.EqualTo(300));
        }
    }

    // An over-confident model is one whose logits are too large: it needs T above 1, not below.
    [Test]
    public void Fit_OfAnOverconfidentModel_IsAboveOneAndMendsIt()
    {
        var (fit, heldOut) = (Overconfident(1), Overconfident(2));
        var temperature = TemperatureFit.Pooled(fit).Temperature;

        var (before, after) = (CalibrationFigures.Of(heldOut, 1, Options), CalibrationFigures.Of(heldOut, temperature, Options));

        Assert.That(temperature, Is.EqualTo(2.5).Within(0.3));
        Assert.That(before.Bins[^1].Confidence, Is.GreaterThan(before.Bins[^1].Accuracy + 0.1), "over-confident");
        Assert.That(after.CalibrationError.High, Is.LessThan(before.CalibrationError.Low));
        Assert.That(after.NegativeLogLikelihood.Value, Is.LessThan(before.NegativeLogLikelihood.Value));
        Assert.That(after.Brier.Value, Is.LessThan(before.Brier.Value));
        Assert.That(after.Accuracy.Value, Is.EqualTo(before.Accuracy.Value), "no temperature above 0 changes which is the likeliest");
    }

    /// <summary>Logits 2.5 times those that the outcomes are drawn from.</summary>
    private static LogitTable Overconfident(int seed)
    {
        var random = new Random(seed);
        var (rows, labels) = (new List<float[]>(), new List<long>());
        for (var i = 0; i < 1500; i++)
        {
            float[] row = [.. Enumerable.Range(0, 5).Select(_ => (float)((random.NextDouble() * 10) - 5))];
            rows.Add(row);
            labels.Add(TokenChooser.Choose(tensor(row).view(1, -1), [random.NextDouble()], new SamplingOptions { Temperature = 2.5 }).Tokens[0]);
        }

        return new LogitTable(rows, labels);
    }
}
