using Lhts.Testing;

namespace Lhts.Objectives.Tests;

public sealed class SourceSumsTests : TensorTest
{
    [Test]
    public void Figures_OfEachSource_AreThoseOfItsOwnSequences()
    {
        var step = RandomStep.Of(seed: 6, numSequences: 9, length: 10, numTokens: 6);
        using var objective = new LhtsObjective(new LhtsOptions { Horizon = 3, Clip = 1, Baseline = BaselineKind.None, Beta = 0 }, RandomStep.MaxLength);
        var losses = StepRunner.Run([objective], [[step.Part(0, 4, padding: 0), step.Part(4, 3, padding: 2), step.Part(7, 2, padding: 0)]]);
        int[] sources = [0, 2, 0];

        var summary = losses.Select((loss, i) => loss.Sums.OfSource(sources[i], numSources: 3)).Aggregate((left, right) => left.Plus(right)).Summarise();

        Assert.That(summary.Sources[1], Is.Null, "no sequence has this one");
        AssertIs(summary.Sources[0]!, losses[0].Sums.Plus(losses[2].Sums).Summarise());
        AssertIs(summary.Sources[2]!, losses[1].Sums.Summarise());
        Assert.That(summary.Sources[0]!.Sequences + summary.Sources[2]!.Sequences, Is.EqualTo(summary.Sequences));
    }

    [Test]
    public void Figures_OfAnObjectiveWithoutWeights_HaveNoSampleSize()
    {
        var step = RandomStep.Of(seed: 6, numSequences: 5, length: 10, numTokens: 6);
        using var objective = new MleObjective();
        var source = StepRunner.Run([objective], [[step]]).Single().Sums.OfSource(1, numSources: 2).Summarise().Sources[1]!;
        Assert.That(source.TokenSampleRatio, Is.Null);
        Assert.That(source.Surprisal, Is.EqualTo(source.Loss).Within(1e-12), "maximum likelihood minimises just that");
    }

    private static void AssertIs(SourceSummary actual, LossSummary expected)
    {
        Assert.That(actual.Sequences, Is.EqualTo(expected.Sequences));
        Assert.That(actual.Loss, Is.EqualTo(expected.Loss).Within(1e-12));
        Assert.That(actual.Surprisal, Is.EqualTo(expected.Surprisal).Within(1e-12));
        Assert.That(actual.TokenSampleRatio, Is.EqualTo(expected.TokenSampleRatio).Within(1e-12));
    }
}
