using Lhts.Data.Tokenizers;

namespace Lhts.Data.Tests.Tokenizers;

public sealed class WordTokenizerTests : DataFixture
{
    [Test]
    public void Words_OfTexts_EncodeDecodeAndLoad()
    {
        var made = WordTokenizer.FromTexts(["3 + 17\n= "u8.ToArray(), "Work: 20 ö"u8.ToArray()]);
        made.Save(Folder);
        var tokenizer = TokenizerLoader.Load(Folder);
        Assert.That(tokenizer.VocabularySize, Is.EqualTo(8));
        Assert.That(tokenizer.EndOfText, Is.EqualTo(7));
        Assert.That(tokenizer.Fingerprint, Is.EqualTo(made.Fingerprint));
        Assert.That(tokenizer.Encode("3  + 17 ö"), Is.EqualTo(new[] { 3, 0, 1, 6 }), "ids in the order of code points");
        Assert.That(tokenizer.Decode([3, 0, 1, 6, 7]), Is.EqualTo("3 + 17 ö"));
        var ids = new List<int>();
        tokenizer.Encode("3 + nothing"u8, ids, enough: 2);
        Assert.That(ids, Is.EqualTo(new[] { 3, 0 }));
    }

    [Test]
    public void UnknownWord_IsNamedWithItsPosition()
    {
        Assert.That(
            () => new WordTokenizer(["a", "b"]).Encode("a b c"),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("the word 'c' at position 2 (counted from 0) is not among the tokenizer's 2."));
    }

    [TestCase("""{"type": "words"}""")]
    [TestCase("""{"type": "words", "words": []}""")]
    [TestCase("""{"type": "words", "words": ["a b"]}""")]
    [TestCase("""{"type": "words", "words": [1]}""")]
    public void BadFile_IsNamed(string json)
    {
        File.WriteAllText(PathOf(TokenizerLoader.FileName), json);
        Assert.That(() => TokenizerLoader.Load(Folder), Throws.TypeOf<InvalidDataException>().With.Message.Contains("is a tokenizer of words"));
    }

    [Test]
    public void Texts_WithoutAWord_AreRefused() =>
        Assert.That(() => WordTokenizer.FromTexts([" "u8.ToArray()]), Throws.TypeOf<InvalidDataException>());
}
