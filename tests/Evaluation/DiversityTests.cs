namespace Lhts.Evaluation.Tests;

/// <summary>Figures of diversity on sets worked out by hand.</summary>
public sealed class DiversityTests
{
    // "a b a b" and "b c": unigrams a2 b3 c1; bigrams ab2 ba1 bc1.
    private static readonly int[][] Pair = [[0, 1, 0, 1], [1, 2]];

    [TestCase(1, 3.0 / 6)]
    [TestCase(2, 3.0 / 4)]
    [TestCase(3, 2.0 / 2)]
    [TestCase(4, 1.0 / 1)]
    public void DistinctOf_TwoTexts_IsDifferentOverAll(int order, double expected) =>
        Assert.That(Diversity.DistinctOf(Pair, order), Is.EqualTo(expected).Within(1e-15));

    [TestCase(1, (2.0 / 4 + 0) / 2)] // 4 tokens of 2 kinds; 2 of 2
    [TestCase(2, (1.0 / 3 + 0) / 2)] // ab ba ab; bc
    [TestCase(3, 0.0)] // aba bab; the second text is too short to count
    public void SeqRepOf_TwoTexts_IsMeanShareOfRepeats(int order, double expected) =>
        Assert.That(Diversity.SeqRepOf(Pair, order), Is.EqualTo(expected).Within(1e-15));

    [Test]
    public void EntropyOf_TwoTexts_IsThatOfFrequencies()
    {
        var expected = -(2.0 / 6 * Math.Log(2.0 / 6) + 3.0 / 6 * Math.Log(3.0 / 6) + 1.0 / 6 * Math.Log(1.0 / 6));

        Assert.That(Diversity.EntropyOf(Pair, 1), Is.EqualTo(expected).Within(1e-12));
        Assert.That(Diversity.EntropyOf(Pair, 2), Is.EqualTo(1.5 * Math.Log(2)).Within(1e-12)); // 1/2, 1/4, 1/4
    }

    [Test]
    public void Of_TwoTexts_CollectsTheFigures()
    {
        var diversity = Diversity.Of(Pair);

        Assert.That(diversity.Distinct, Is.EqualTo(new[] { 0.5, 0.75, 1, 1 }));
        Assert.That(diversity.SeqRep[0], Is.EqualTo(0.25));
        Assert.That(diversity.MeanLength, Is.EqualTo(3));
    }

    [Test]
    public void Of_Nothing_IsNotANumber()
    {
        var diversity = Diversity.Of([]);

        Assert.That(diversity.Distinct.Concat(diversity.SeqRep).Concat(diversity.Entropy).Append(diversity.SelfBleu).Append(diversity.MeanLength), Is.All.NaN);
    }

    [TestCase(0)]
    [TestCase(5)]
    public void NgramsOf_OrderOutOfRange_IsRefused(int order) =>
        Assert.That(() => Ngrams.Of([1, 2, 3], order), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void NgramsCount_OfTokensThatDifferInHighBits_KeepsThemApart() =>
        Assert.That(Ngrams.Count([int.MaxValue, 0, int.MaxValue, 1, int.MaxValue, 0], 2), Has.Count.EqualTo(4));

    [Test]
    public void WordsNumber_SharesNumbersAcrossTexts() =>
        Assert.That(Words.Number(["the  cat\nsat", "a cat", ""]), Is.EqualTo(new int[][] { [0, 1, 2], [3, 1], [] }));

    [Test]
    public void DistinctOf_AsManyNgramsAsAsked_CountsTheFirst()
    {
        Assert.That(Diversity.DistinctOf(Pair, 1, limit: 4), Is.EqualTo(2.0 / 4), "a b a b");
        Assert.That(Diversity.DistinctOf(Pair, 1, limit: 7), Is.NaN, "six there are");
    }

    [Test]
    public void NgramBudget_OfSetsOfOtherLengths_IsHalfThatOfTheSmallest()
    {
        int[][] longer = [[0, 1, 2, 3, 4, 5, 6, 7]];
        int[][] nothing = [[], []];

        var budget = NgramBudget.For([Pair, longer, nothing]);

        Assert.That((budget.Of(1), budget.Of(2)), Is.EqualTo((3L, 2L)), "a set of nothing does not count");
        Assert.That(Diversity.Of(Pair, budget).Distinct[0], Is.EqualTo(2.0 / 3), "a b a");
        Assert.That(Diversity.Of(nothing, budget).Distinct[0], Is.NaN);
        Assert.That(NgramBudget.For([nothing]).Of(4), Is.Null);
    }

    [Test]
    public void NgramBudget_OfOneProcessAtTwoLengths_GivesEqualDiversity()
    {
        // Texts of uniform draws from 50 tokens: with all n-grams counted the longer set looks less varied.
        var random = new Random(1);
        int[][] Draw(int length) => [.. Enumerable.Range(0, 64).Select(_ => Enumerable.Range(0, length).Select(_ => random.Next(50)).ToArray())];
        var (shorter, longer) = (Draw(30), Draw(60));
        var budget = NgramBudget.For([shorter, longer]);

        Assert.That(Diversity.DistinctOf(shorter, 2) - Diversity.DistinctOf(longer, 2), Is.GreaterThan(0.1));
        Assert.That(Diversity.Of(longer, budget).Distinct[1], Is.EqualTo(Diversity.Of(shorter, budget).Distinct[1]).Within(0.03));
    }
}
