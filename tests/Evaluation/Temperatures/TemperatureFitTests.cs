using Lhts.Evaluation.Temperatures;
using Lhts.Models.Gpt;
using Lhts.Sampling;
using Lhts.Testing;
using static TorchSharp.torch;

namespace Lhts.Evaluation.Tests.Temperatures;

/// <summary>Temperatures of texts: given back, with errors that are right.</summary>
public sealed class TemperatureFitTests : TensorTest
{
    private const int NumOutcomes = 12;

    [Test]
    public void Pooled_OfAnotherProgramsRows_GivesItsNumbers()
    {
        var fitted = TemperatureFit.Pooled(GoldenTemperature.Table);

        Assert.That(new[] { fitted.Inverse, fitted.InverseError }, Is.EqualTo(GoldenTemperature.Fit).Within(1e-8));
        Assert.That(fitted.NumIterations, Is.LessThan(10));
        Assert.That(fitted.PerplexityAtOne, Is.EqualTo(Math.Exp(GoldenTemperature.Calibration[0][1])).Within(1e-9));
    }

    [Test]
    public void Pooled_OfDrawsAtATemperature_GivesItBackWithin3Errors([Values(0.3, 0.5, 0.9, 1, 1.7, 3, -0.5, -2)] double temperature)
    {
        var fitted = TemperatureFit.Pooled(Draws(temperature, 4000, seed: 1));

        Assert.That(fitted.Temperature, Is.EqualTo(temperature).Within(3 * fitted.StandardError));
        Assert.That(fitted.StandardError, Is.LessThan(0.15 * Math.Abs(temperature)));
        Assert.That(fitted.Perplexity, Is.LessThanOrEqualTo(fitted.PerplexityAtOne));
    }

    [Test]
    public void Interval_Over200Repeats_CoversTheTemperatureAsOftenAsItSays([Values(0.3, 1, 3)] double temperature)
    {
        const int NumRepeats = 200;
        var fitted = Enumerable.Range(0, NumRepeats).Select(repeat => TemperatureFit.Pooled(Draws(temperature, 250, seed: 100 + repeat))).ToArray();

        var covered = fitted.Count(fit => fit.Interval.Low <= temperature && temperature <= fit.Interval.High);
        // Of 200 intervals at 95 %, 190 cover, with a standard deviation of 3.1; the draws are fixed, so this either holds or does not.
        Assert.That(covered, Is.InRange(180, 200));
        Assert.That(fitted.Average(fit => fit.Inverse), Is.EqualTo(1 / temperature).Within(0.1 / temperature));
    }

    [Test]
    public void OfEach_OfSeveralTexts_IsEachAlone()
    {
        double[] temperatures = [0.5, 1, 2];
        LogitTable[] alone = [.. temperatures.Select((temperature, i) => Draws(temperature, 300, seed: 7 + i))];
        var together = Join(alone);

        var fitted = TemperatureFit.OfEach(together);

        for (var i = 0; i < alone.Length; i++) Assert.That(fitted[i].Inverse, Is.EqualTo(TemperatureFit.Pooled(alone[i]).Inverse).Within(1e-6));
    }

    [Test]
    public void Pooled_OfTextsThatDiffer_HasALargerErrorByGroup()
    {
        var same = TemperatureFit.Pooled(Join([.. Enumerable.Range(0, 20).Select(i => Draws(1, 100, seed: i))]));
        var differing = TemperatureFit.Pooled(Join([.. Enumerable.Range(0, 20).Select(i => Draws(i % 2 == 0 ? 0.4 : 3, 100, seed: i))]));

        Assert.That(same.InverseErrorByGroup / same.InverseError, Is.InRange(0.6, 1.6));
        Assert.That(differing.InverseErrorByGroup, Is.GreaterThan(3 * differing.InverseError));
    }

    [Test]
    public void Pooled_OfTheLikeliestAlone_IsZeroAndOfTheLeastLikelyZeroFromBelow()
    {
        float[][] rows = [[1, 2, 3], [5, 1, 2]];

        var greedy = TemperatureFit.Pooled(new LogitTable(rows, [2, 0]));
        var least = TemperatureFit.Pooled(new LogitTable(rows, [0, 1]));

        Assert.That((greedy.Temperature, greedy.StandardError), Is.EqualTo((0.0, 0.0)));
        Assert.That(1 / least.Temperature, Is.EqualTo(double.NegativeInfinity));
    }

    [Test]
    public void Pooled_OfUniformDraws_HasAnIntervalThatHoldsInfinity()
    {
        var fitted = TemperatureFit.Pooled(Draws(double.PositiveInfinity, 300, seed: 6));

        Assert.That(Math.Abs(fitted.Inverse), Is.LessThan(3 * fitted.InverseError));
        Assert.That(fitted.Interval.High, Is.EqualTo(double.PositiveInfinity));
    }

    [Test]
    public void Curve_OverTemperatures_HasItsLowestPointAtTheFit()
    {
        var table = Draws(0.7, 500, seed: 2);
        var fitted = TemperatureFit.Pooled(table);

        var curve = TemperatureFit.Curve(table, [fitted.Temperature * 0.97, fitted.Temperature, fitted.Temperature * 1.03, 1]);

        Assert.That(curve.MinBy(point => point.Perplexity).Temperature, Is.EqualTo(fitted.Temperature));
        Assert.That(curve[1].Perplexity, Is.EqualTo(fitted.Perplexity).Within(1e-9));
        Assert.That(curve[3].Perplexity, Is.EqualTo(fitted.PerplexityAtOne).Within(1e-9));
    }

    [Test]
    public void Pooled_OfTextDrawnFromAModel_IsTheTemperatureItWasDrawnAt([Values(0.5, 2)] double temperature)
    {
        using var model = Model();
        var options = new SamplingOptions { Temperature = temperature, MaxNewTokens = 60, Seed = 3 };
        var texts = new Sampler(model, options).Sample([.. Enumerable.Repeat(new[] { 0 }, 40)]).Select(text => (int[][])[text.Tokens]).ToArray();

        var fitted = TemperatureFit.Pooled(new ModelPredictions(model, texts));

        Assert.That(fitted.Count, Is.EqualTo(40 * 60));
        Assert.That(fitted.Temperature, Is.EqualTo(temperature).Within(3 * fitted.StandardError));
    }

    [Test]
    public void Pooled_OfAModelUnderItsOwnScaledLogits_IsTheScale()
    {
        using var model = Model();
        using var hot = Model();
        // The last layer normalisation scales the states, and so the logits.
        using (NewDisposeScope())
        using (no_grad())
        {
            foreach (var (name, parameter) in hot.named_parameters())
            {
                if (name.StartsWith("ln_f", StringComparison.Ordinal)) parameter.mul_(0.5);
            }
        }

        int[][][] texts = [[[0, 3, 5, 7, 2, 9]], [[1, 1, 4]]];

        var fitted = TemperatureFit.Pooled(new ModelPredictions(model, texts, target: hot));

        Assert.That(fitted.Temperature, Is.EqualTo(2).Within(1e-4));
    }

    [Test]
    public void Pooled_OfNothing_SaysSo()
    {
        using var model = Model();

        Assert.That(
            () => TemperatureFit.Pooled(new ModelPredictions(model, [[[1, 2]], [[3]]])),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Text 2 has no token"));
        Assert.That(
            () => TemperatureFit.Pooled(new LogitTable([[0, float.NegativeInfinity]], [1])),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("row 1"));
    }

    private static Gpt2 Model() => new(
        new Gpt2Config { NumLayers = 1, EmbeddingSize = 16, NumHeads = 2, VocabularySize = 11, NumPositions = 64, InitializerRange = 0.4 }, new Generator(4));

    private static LogitTable Draws(double temperature, int count, int seed)
    {
        var random = new Random(seed);
        var (rows, labels) = (new List<float[]>(), new List<long>());
        for (var i = 0; i < count; i++)
        {
            float[] row = [.. Enumerable.Range(0, NumOutcomes).Select(_ => (float)((random.NextDouble() * 6) - 3))];
            var draw = TokenChooser.Choose(tensor(row).view(1, -1), [random.NextDouble()], new SamplingOptions { Temperature = temperature });
            rows.Add(row);
            labels.Add(draw.Tokens[0]);
        }

        return new LogitTable(rows, labels);
    }

    private static LogitTable Join(LogitTable[] tables)
    {
        var (rows, labels, groups) = (new List<float[]>(), new List<long>(), new List<int>());
        for (var i = 0; i < tables.Length; i++)
        {
            foreach (var chunk in tables[i].Chunks())
            {
                rows.AddRange(chunk.Logits.data<float>().ToArray().Chunk(NumOutcomes));
                labels.AddRange(chunk.Labels);
                groups.AddRange(chunk.Labels.Select(_ => i));
            }
        }

        return new LogitTable(rows, labels, groups);
    }
}
