namespace Lhts.Evaluation.Tests;

/// <summary>Self-BLEU by hand, and against the definition that compares all pairs.</summary>
public sealed class SelfBleuTests
{
    [Test]
    public void Of_Copies_IsOne() =>
        Assert.That(SelfBleu.Of([[1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]), Is.EqualTo(1).Within(1e-12));

    [Test]
    public void Of_NothingInCommon_IsTheSmoothedFloor()
    {
        // 5, 4, 3, 2 n-grams without a match count 0.1 each.
        var expected = Math.Pow(0.1 / 5 * (0.1 / 4) * (0.1 / 3) * (0.1 / 2), 0.25);

        Assert.That(SelfBleu.Of([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]), Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void Of_TwoTexts_MatchesTheHandComputedValue()
    {
        // "a b c d e" with reference "a b c d": 4/5, 3/4, 2/3, 1/2 and no penalty; the other way 1, 1, 1, 1 with penalty exp(1 - 5/4).
        var expected = (Math.Pow(4.0 / 5 * 3 / 4 * 2 / 3 * 1 / 2, 0.25) + Math.Exp(-0.25)) / 2;

        Assert.That(SelfBleu.Of([[0, 1, 2, 3, 4], [0, 1, 2, 3]]), Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void Of_RepeatsBeyondTheReferences_AreClipped()
    {
        // "a a a a": the other has one a, so 1/4, then no match in 3, 2, 1. "a b c d": 1/4, then none. No penalty.
        var repeated = Math.Pow(1.0 / 4 * (0.1 / 3) * (0.1 / 2) * 0.1, 0.25);

        Assert.That(SelfBleu.Of([[0, 0, 0, 0], [0, 1, 2, 3]]), Is.EqualTo(repeated).Within(1e-12));
    }

    [Test]
    public void Of_OneText_IsNotANumber() => Assert.That(SelfBleu.Of([[1, 2], []]), Is.NaN);

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool Of_RandomTexts_EqualsComparingAllPairs(byte[][] texts)
    {
        int[][] tokens = [.. texts.Select(text => text.Select(value => value % 3).ToArray())];
        var expected = AllPairs([.. tokens.Where(text => text.Length > 0)]);
        return double.IsNaN(expected) ? double.IsNaN(SelfBleu.Of(tokens)) : Math.Abs(SelfBleu.Of(tokens) - expected) < 1e-9;
    }

    private static double AllPairs(int[][] texts) =>
        texts.Length < 2 ? double.NaN : texts.Select((text, i) => Bleu(text, [.. texts.Where((_, j) => j != i)])).Average();

    private static double Bleu(int[] text, int[][] references)
    {
        double logPrecision = 0;
        for (var order = 1; order <= 4; order++)
        {
            var matches = Ngrams.Count(text, order)
                .Sum(pair => Math.Min(pair.Value, references.Max(reference => Ngrams.Count(reference, order).GetValueOrDefault(pair.Key))));
            logPrecision += Math.Log(Math.Max(matches, 0.1) / Math.Max(1, text.Length - order + 1)) / 4;
        }

        var closest = references.Select(reference => reference.Length).OrderBy(length => Math.Abs(length - text.Length)).ThenBy(length => length).First();
        return Math.Exp(logPrecision) * (text.Length >= closest ? 1 : Math.Exp(1 - (double)closest / text.Length));
    }
}
