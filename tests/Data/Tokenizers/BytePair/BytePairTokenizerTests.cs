using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Lhts.Data.Tokenizers;
using Lhts.Data.Tokenizers.BytePair;

namespace Lhts.Data.Tests.Tokenizers.BytePair;

public sealed class BytePairTokenizerTests : DataFixture
{
    private const string Corpus = "the cat sat on the mat, the cat's hat; it's the 3rd of 33 that they'd sat on. naïve café — 中文中文 the end the end";

    private const string Special = "<|endoftext|>";

    private static readonly BytePairTokenizer Small = Train(320);

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void Bytes_EncodedAndDecoded_AreTheSame(byte[] bytes)
    {
        var tokens = new List<int>();
        Small.Encode(bytes, tokens);
        Assert.That(tokens.All(token => token >= 0 && token < Small.EndOfText), Is.True);
        Assert.That(DecodeBytes(Small, tokens), Is.EqualTo(bytes));
    }

    [Test]
    public void EveryUnicodeScalarValue_EncodedAndDecoded_IsTheSame()
    {
        var text = new StringBuilder();
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            if (Rune.IsValid(value)) text.Append(new Rune(value).ToString());
            if (text.Length < 4096 && value != 0x10FFFF) continue;
            var utf8 = Encoding.UTF8.GetBytes(text.ToString());
            var tokens = new List<int>();
            Small.Encode(utf8, tokens);
            Assert.That(DecodeBytes(Small, tokens).AsSpan().SequenceEqual(utf8), Is.True, $"up to U+{value:X}");
            text.Clear();
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void Merging_ByScanningAndByHeap_GivesTheSame(NonEmptyArray<byte> letters)
    {
        var word = letters.Get.Select(letter => (byte)"the cat saondmi"[letter % 15]).ToArray();
        var merger = new WordMerger(new PairTable(Small.Vocabulary.Merges), Small.Vocabulary.ByteIds);
        var (byScanning, byHeap) = (new List<int>(), new List<int>());
        merger.MergeByScanning(word, byScanning);
        merger.MergeByHeap(word, byHeap);
        Assert.That(byHeap, Is.EqualTo(byScanning));
    }

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public void Cache_WhateverCameBefore_ChangesNothing(NonEmptyArray<int> words)
    {
        string[] choices = ["the", " the", " cat's", "a", "  ", " 33", "naïve", " unheard-of", "中文", " sixteenletterwor", " fifteenletters", "x"];
        var text = string.Concat(words.Get.Select(word => choices[Math.Abs(word % choices.Length)]));
        Assert.That(Small.Encode(text), Is.EqualTo(Train(320).Encode(text)));
    }

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public void Encode_Enough_IsABeginningOfTheWhole(PositiveInt enough)
    {
        var whole = Small.Encode(Corpus);
        var some = new List<int>();
        Small.Encode(Encoding.UTF8.GetBytes(Corpus), some, enough.Get);
        Assert.That(some.Count, Is.GreaterThanOrEqualTo(Math.Min(enough.Get, whole.Length)));
        Assert.That(whole.Take(some.Count), Is.EqualTo(some));
    }

    [Test]
    public void NameOfASpecialToken_InText_IsTextUnlessRecognized()
    {
        var text = "the<|endoftext|> cat<|endoftext|><|endoftext|>";
        Assert.That(Small.Encode(text), Has.None.EqualTo(Small.EndOfText));
        Assert.That(Small.Decode(Small.Encode(text)), Is.EqualTo(text));
        var recognizing = Small.RecognizingSpecialTokens();
        int[][] parts = [Small.Encode("the"), [Small.EndOfText], Small.Encode(" cat"), [Small.EndOfText, Small.EndOfText]];
        Assert.That(recognizing.Encode(text), Is.EqualTo(parts.SelectMany(ids => ids)));
        Assert.That(recognizing.Decode(recognizing.Encode(text)), Is.EqualTo("the cat"));
        Assert.That(recognizing.Fingerprint, Is.Not.EqualTo(Small.Fingerprint));
    }

    [Test]
    public void AddedTokens_FirstThenLongest_Win()
    {
        var search = new AddedTokens([(1, "<a>"u8.ToArray()), (2, "<a><b>"u8.ToArray()), (3, "b"u8.ToArray())]).In("x<a>b<a><b>"u8);
        Assert.That(search.Find(0), Is.EqualTo((1, 1, 3)));
        Assert.That(search.Find(4), Is.EqualTo((4, 3, 1)));
        Assert.That(search.Find(5), Is.EqualTo((5, 2, 6)));
        Assert.That(search.Find(11), Is.EqualTo((11, -1, 0)));
    }

    [TestCase("a"), TestCase("ab"), TestCase(" "), TestCase("中"), TestCase(Special), TestCase("'")]
    public void Megabyte_WithoutAWordBoundary_IsDoneInOnePass(string unit)
    {
        // A quadratic merge or scan would take hours.
        var utf8 = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length)));
        var (tokens, withSpecial) = (new List<int>(), new List<int>());
        Small.Encode(utf8, tokens);
        Assert.That(DecodeBytes(Small, tokens).AsSpan().SequenceEqual(utf8), Is.True);
        Small.RecognizingSpecialTokens().Encode(utf8, withSpecial);
        if (unit == Special) Assert.That(withSpecial, Is.EqualTo(Enumerable.Repeat(Small.EndOfText, 1_000_000 / unit.Length)));
        else Assert.That(withSpecial.Count, Is.EqualTo(tokens.Count));
    }

    [Test]
    public void Decode_IdOutsideTheVocabulary_Throws()
    {
        Assert.That(() => Small.Decode([Small.VocabularySize]), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => Small.Decode([-1]), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Encode_FromManyThreads_GivesTheSame()
    {
        var expected = Small.Encode(Corpus);
        Parallel.For(0, 200, _ => Assert.That(Small.Encode(Corpus), Is.EqualTo(expected)));
    }

    [Test]
    public void Save_ThenLoad_IsTheSame()
    {
        Small.Save(Folder);
        var loaded = TokenizerLoader.Load(Folder);
        Assert.That(loaded.Fingerprint, Is.EqualTo(Small.Fingerprint));
        Assert.That(loaded.Encode(Corpus), Is.EqualTo(Small.Encode(Corpus)));
    }

    [Test]
    public void Gpt2Files_OfTheSameVocabulary_AreTheSameTokenizer()
    {
        Small.Save(Folder);
        using var json = JsonDocument.Parse(File.ReadAllText(PathOf("tokenizer.json")));
        Directory.CreateDirectory(PathOf("gpt2"));
        File.WriteAllText(PathOf("gpt2/vocab.json"), json.RootElement.GetProperty("model").GetProperty("vocab").GetRawText());
        File.WriteAllLines(PathOf("gpt2/merges.txt"),
            ["#version: 0.2", .. json.RootElement.GetProperty("model").GetProperty("merges").EnumerateArray().Select(merge => merge.GetString()!)]);
        Assert.That(TokenizerLoader.Load(PathOf("gpt2")).Fingerprint, Is.EqualTo(Small.Fingerprint));
    }

    [Test]
    public void Bytes_Tokenizer_RoundTrips()
    {
        var tokenizer = new ByteTokenizer();
        Assert.That(tokenizer.Encode("é!"), Is.EqualTo(new[] { 0xC3, 0xA9, 0x21 }));
        Assert.That(tokenizer.Decode([0xC3, 0xA9, 256, 0x21]), Is.EqualTo("é!"));
        Assert.That(() => tokenizer.Decode([257]), Throws.TypeOf<ArgumentOutOfRangeException>());
        tokenizer.Save(Folder);
        Assert.That(TokenizerLoader.Load(Folder), Is.TypeOf<ByteTokenizer>());
        var two = new List<int>();
        tokenizer.Encode("abc"u8, two, enough: 2);
        Assert.That(two, Is.EqualTo(new[] { 97, 98 }));
    }

    private static BytePairTokenizer Train(int vocabularySize) =>
        BytePairTrainer.Train([Encoding.UTF8.GetBytes(Corpus)], new BytePairTrainingOptions { VocabularySize = vocabularySize });

    private static byte[] DecodeBytes(BytePairTokenizer tokenizer, List<int> tokens)
    {
        var bytes = new List<byte>();
        tokenizer.Decode([.. tokens], bytes);
        return [.. bytes];
    }
}
