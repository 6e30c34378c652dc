using System.Text;
using Lhts.Data.Batching;
using Lhts.Data.Tokenizers;
using Lhts.Data.Tokenizers.BytePair;

namespace Lhts.Data.Tests.Batching;

/// <summary>Documents of megabytes are encoded in parts, and have the tokens of the whole.</summary>
public sealed class LongDocumentTokensTests
{
    private static readonly string Text = MakeText(3_500_000);

    private static IEnumerable<TestCaseData> Tokenizers()
    {
        yield return new TestCaseData(new ByteTokenizer()).SetArgDisplayNames("bytes");
        yield return new TestCaseData(new CharacterTokenizer(string.Concat(Text.EnumerateRunes().Distinct()))).SetArgDisplayNames("characters");
        yield return new TestCaseData(new WordTokenizer(Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct()))
            .SetArgDisplayNames("words");
        var learned = BytePairTrainer.Train([Encoding.UTF8.GetBytes(Text[..100_000])], new BytePairTrainingOptions { VocabularySize = 400 });
        yield return new TestCaseData(learned).SetArgDisplayNames("byte pairs");
    }

    [TestCaseSource(nameof(Tokenizers))]
    public void Encode_OfALongDocument_GivesTheTokensOfTheWhole(ITokenizer tokenizer)
    {
        var utf8 = Encoding.UTF8.GetBytes(Text);
        int[] whole = [tokenizer.EndOfText, .. tokenizer.Encode(Text), tokenizer.EndOfText];
        Assert.That(DocumentTokens.Encode(tokenizer, utf8, Options(starts: true, ends: true)).AsSpan().SequenceEqual(whole));
        Assert.That(DocumentTokens.Encode(tokenizer, utf8, Options(starts: false, ends: true)).AsSpan().SequenceEqual(whole.AsSpan(1)));
        Assert.That(DocumentTokens.Encode(tokenizer, utf8, Options(starts: true, ends: false)).AsSpan().SequenceEqual(whole.AsSpan(0, whole.Length - 1)));
    }

    [Test]
    public void Encode_OfALongDocumentWithoutBlanks_GivesTheTokensOfTheWhole()
    {
        var utf8 = new byte[3 << 20];
        utf8.AsSpan().Fill((byte)'x');
        var tokens = DocumentTokens.Encode(new ByteTokenizer(), utf8, Options(starts: true, ends: true));
        Assert.That((tokens.Length, tokens[0], tokens[1], tokens[^1]), Is.EqualTo((utf8.Length + 2, 256, (int)'x', 256)));
    }

    [Test]
    public void Encode_OfALongDocumentWithABadCharacter_NamesItsPlaceInTheWhole()
    {
        var tokenizer = new CharacterTokenizer("ab ");
        var text = string.Concat(Enumerable.Repeat("a b ab ", 300_000)) + "c";
        var whole = Assert.Throws<InvalidDataException>(() => tokenizer.Encode(text));
        Assert.That(
            () => DocumentTokens.Encode(tokenizer, Encoding.UTF8.GetBytes(text), Options(starts: true, ends: true)),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(whole!.Message));
    }

    private static BatchOptions Options(bool starts, bool ends) => new()
    {
        SequencesPerStep = 1, ContextLength = 16, LongDocuments = LongDocuments.Split, StartWithEndOfText = starts, EndWithEndOfText = ends,
    };

    private static string MakeText(int length)
    {
        string[] words = ["a", "I'll", "naïve", "  two", "x\n\ny", "12 apples", "😀 z", "don't", "...", "the end."];
        var (text, random) = (new StringBuilder(), new Random(1));
        while (text.Length < length) text.Append(words[random.Next(words.Length)]).Append(random.Next(20) == 0 ? "\n" : " ");
        return text.ToString();
    }
}
