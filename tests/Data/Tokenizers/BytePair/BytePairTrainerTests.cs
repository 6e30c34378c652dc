using System.Text;
using Lhts.Data.Tokenizers;
using Lhts.Data.Tokenizers.BytePair;

namespace Lhts.Data.Tests.Tokenizers.BytePair;

public sealed class BytePairTrainerTests
{
    [Test]
    public void Train_ByHand_MergesTheMostFrequentPairFirst()
    {
        // Pieces: "ab" 3 times, " ab" twice, "abc" once: a+b 6 times, then space+ab twice, then nothing twice.
        var tokenizer = Train(300, "ab", "ab", "ab", "abc", "1 ab", "1 ab");
        Assert.That(Names(tokenizer), Is.EqualTo(new[] { "ab", " ab" }));
        Assert.That(tokenizer.VocabularySize, Is.EqualTo(256 + 2 + 1));
        Assert.That(tokenizer.Encode("ab abc"), Is.EqualTo(new[] { 256, 257, ByteId('c') }));
    }

    [Test]
    public void Train_Ties_GoToTheLowerIds() =>
        Assert.That(Names(Train(258, "zy", "zy", "ab", "ab")), Is.EqualTo(new[] { "ab" }));

    [Test]
    public void Train_Overlaps_MergeFromTheLeft()
    {
        var tokenizer = Train(258, "aaaaa", "aaaaa");
        Assert.That(tokenizer.Encode("aaaaa"), Is.EqualTo(new[] { 256, 256, ByteId('a') }));
    }

    [Test]
    public void Train_OrderOfTexts_DoesNotMatter()
    {
        string[] texts = ["the cat sat on the mat", "the hat that sat", "a cat's mat at that"];
        Assert.That(Train(290, [.. texts.Reverse()]).Fingerprint, Is.EqualTo(Train(290, texts).Fingerprint));
    }

    [Test]
    public void Train_AgainstAPlainImplementation_GivesTheSameMerges()
    {
        string[] texts = ["abracadabra abracadabra", "barbara's cadabra, a cab and a crab", "aaaa aaaa bbbb abab abab", "cad crab barb bard card"];
        var expected = PlainMerges(texts, 40);
        var found = Train(256 + 40 + 1, texts).Vocabulary;
        Assert.That(found.Merges.Select(merge => $"{Name(found, merge.Left)}+{Name(found, merge.Right)}"), Is.EqualTo(expected));
    }

    [Test]
    public void Train_NameOfTheSpecialToken_IsNotLearnt()
    {
        var tokenizer = Train(300, [.. Enumerable.Repeat("<|endoftext|>", 50)]);
        Assert.That(Names(tokenizer), Has.None.EqualTo("<|endoftext|>"));
        Assert.That(tokenizer.RecognizingSpecialTokens().Encode("<|endoftext|>"), Is.EqualTo(new[] { tokenizer.EndOfText }));
    }

    [Test]
    public void Train_MaxBytes_StopsReading()
    {
        var options = new BytePairTrainingOptions { VocabularySize = 300, MaxBytes = 4 };
        Assert.That(Names(BytePairTrainer.Train(["abab"u8.ToArray(), "cdcd"u8.ToArray()], options)), Is.EqualTo(new[] { "ab" }));
    }

    [Test]
    public void Train_TooSmallVocabulary_Throws() =>
        Assert.That(() => Train(256, "x"), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void Train_Cancelled_Stops()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.That(
            () => BytePairTrainer.Train(["abab"u8.ToArray()], new BytePairTrainingOptions { VocabularySize = 300 }, cancellation: cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    private static BytePairTokenizer Train(int vocabularySize, params string[] texts) => BytePairTrainer.Train(
        texts.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)), new BytePairTrainingOptions { VocabularySize = vocabularySize });

    private static int ByteId(char letter) => letter - '!';

    private static string Name(BytePairVocabulary vocabulary, int id) => Encoding.UTF8.GetString(vocabulary.Tokens[id]);

    private static List<string> Names(BytePairTokenizer tokenizer) =>
        [.. Enumerable.Range(256, tokenizer.EndOfText - 256).Select(id => Name(tokenizer.Vocabulary, id))];

    /// <summary>Counts all pairs anew after each merge; ids in the order of creation break ties.</summary>
    private static List<string> PlainMerges(string[] texts, int count)
    {
        var words = texts.SelectMany(Pieces).Select(piece => piece.Select(letter => letter.ToString()).ToList()).ToList();
        var ids = Enumerable.Range('!', 94).Append(' ').Select((letter, id) => (Letter: ((char)letter).ToString(), Id: id))
            .ToDictionary(pair => pair.Letter, pair => pair.Id);
        var merges = new List<string>();
        while (ids.Count < 95 + count)
        {
            var best = words.SelectMany(word => word.Zip(word.Skip(1))).GroupBy(pair => pair).Where(group => group.Count() >= 2)
                .OrderByDescending(group => group.Count()).ThenBy(group => ids[group.Key.First]).ThenBy(group => ids[group.Key.Second]).FirstOrDefault();
            if (best is null) break;
            var (left, right) = best.Key;
            merges.Add($"{left}+{right}");
            ids.TryAdd(left + right, ids.Count);
            foreach (var word in words)
            {
                for (var i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] != left || word[i + 1] != right) continue;
                    word[i] = left + right;
                    word.RemoveAt(i + 1);
                }
            }
        }

        return merges;
    }

    private static IEnumerable<string> Pieces(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        for (var start = 0; start < utf8.Length;)
        {
            var end = WordScanner.End(utf8, start);
            yield return Encoding.UTF8.GetString(utf8[start..end]);
            start = end;
        }
    }
}
