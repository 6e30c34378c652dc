using System.Text.Json.Serialization;
using Lhts.Sampling;

namespace Lhts.Evaluation.Grid;

/// <summary>The texts of one pair of temperatures, as far as likelihood and diversity need them.</summary>
/// <param name="Key">The cell's place.</param>
/// <param name="NumDistinct">Different pairs of neighbouring words among all texts.</param>
/// <param name="Texts">One for each text.</param>
public sealed record GridCell(GridKey Key, int NumDistinct, IReadOnlyList<TextFigures> Texts)
{
    private const int Order = 2;

    /// <summary>The teacher's mean log-likelihood of a generated token, in nats.</summary>
    [JsonIgnore]
    public double LogLikelihood => Texts.Sum(text => text.LogLikelihood) / Texts.Sum(text => (long)text.Tokens);

    /// <summary>distinct-2 of the words: different pairs of neighbouring words over all such pairs.</summary>
    [JsonIgnore]
    public double Diversity => NumDistinct / (double)Texts.Sum(text => (long)text.Bigrams);

    /// <summary>Measures texts.</summary>
    /// <param name="key">Where they belong.</param>
    /// <param name="samples">What was drawn.</param>
    /// <param name="scores">The teacher's scores of the whole sequences, in the same order.</param>
    /// <param name="words">The words of each text as numbers, equal ones for equal words.</param>
    /// <exception cref="ArgumentException">The three do not belong together.</exception>
    public static GridCell Measure(
        GridKey key, IReadOnlyList<SampledSequence> samples, IReadOnlyList<ScoredSequence> scores, IReadOnlyList<int[]> words)
    {
        if (samples.Count != scores.Count || samples.Count != words.Count)
        {
            throw new ArgumentException($"{samples.Count} samples, {scores.Count} scores and {words.Count} texts were given; they must be as many.");
        }

        var own = words.Select(text => Ngrams.Count(text, Order)).ToArray();
        var holders = HoldersOf(own);
        return new GridCell(key, holders.Count, [.. samples.Select((sample, i) => new TextFigures(
            GeneratedTokens.Sum(sample, scores[i]),
            sample.Generated.Length,
            own[i].Values.Sum(),
            own[i].Keys.Count(bigram => holders[bigram] == 1)))]);
    }

    /// <summary>In how many texts each bigram occurs.</summary>
    private static Dictionary<UInt128, int> HoldersOf(Dictionary<UInt128, int>[] texts)
    {
        var holders = new Dictionary<UInt128, int>();
        foreach (var bigram in texts.SelectMany(text => text.Keys)) holders[bigram] = holders.GetValueOrDefault(bigram) + 1;
        return holders;
    }
}
