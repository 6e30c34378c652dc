namespace Lhts.Evaluation.Tests;

/// <summary>Means and errors by hand.</summary>
public sealed class LikelihoodTests
{
    [Test]
    public void Of_TwoSequences_GivesMeansAndTheErrorOfTheRatio()
    {
        var likelihood = Likelihood.Of(Memory([[-1, -3], [-2], []]));

        // Sums -4 and -2 over 2 and 1 tokens: mean -2, so both residuals are 0.
        Assert.That(likelihood, Is.EqualTo(new Likelihood(2, 3, -2, 0, -3)));
    }

    [Test]
    public void Of_SequencesOfOneLength_HasTheErrorOfAMean()
    {
        var likelihood = Likelihood.Of(Memory([[-1, -2], [-2, -3], [-4, -6]]));

        // Means per token -1.5, -2.5, -5: their deviation over sqrt(3).
        double[] means = [-1.5, -2.5, -5];
        var mean = means.Average();
        var error = Math.Sqrt(means.Sum(value => Math.Pow(value - mean, 2)) / 2) / Math.Sqrt(3);
        Assert.That(likelihood.PerToken, Is.EqualTo(mean).Within(1e-12));
        Assert.That(likelihood.PerTokenError, Is.EqualTo(error).Within(1e-12));
        Assert.That(likelihood.PerSequence, Is.EqualTo(-6).Within(1e-12));
    }

    [Test]
    public void Of_OneSequence_HasNoError() => Assert.That(Likelihood.Of(Memory([[-1]])).PerTokenError, Is.NaN);

    [Test]
    public void Of_Nothing_IsNotANumber() => Assert.That(Likelihood.Of([]).PerToken, Is.NaN);

    [Test]
    public void Perplexity_OfAScoredSequence_IsExpOfTheMean()
    {
        var score = new ScoredSequence([-1, -2]);

        Assert.That((score.Sum, score.Perplexity), Is.EqualTo((-3.0, Math.Exp(1.5))));
    }

    private static IEnumerable<ReadOnlyMemory<float>> Memory(float[][] values) => values.Select(value => (ReadOnlyMemory<float>)value);
}
