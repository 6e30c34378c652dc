using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Tests.Tokenizers;

public sealed class CharacterTokenizerTests : DataFixture
{
    [Test]
    public void Text8_Ids_FollowTheAlphabet()
    {
        var tokenizer = new CharacterTokenizer(CharacterTokenizer.Text8Alphabet);
        Assert.That(tokenizer.VocabularySize, Is.EqualTo(28));
        Assert.That(tokenizer.EndOfText, Is.EqualTo(27));
        Assert.That(tokenizer.Encode("a z"), Is.EqualTo(new[] { 1, 0, 26 }));
        Assert.That(tokenizer.Decode([1, 0, 26, 27]), Is.EqualTo("a z"));
    }

    [Test]
    public void Alphabet_InAnyOrderWithRepeats_IsSortedByCodePoint()
    {
        var tokenizer = new CharacterTokenizer("z😀aéa\uFFFD");
        Assert.That(tokenizer.Alphabet, Is.EqualTo("azé\uFFFD😀"));
        Assert.That(tokenizer.Encode("😀é"), Is.EqualTo(new[] { 4, 2 }));
        Assert.That(tokenizer.Fingerprint, Is.EqualTo(new CharacterTokenizer("aéz\uFFFD😀").Fingerprint));
        Assert.That(tokenizer.Fingerprint, Is.Not.EqualTo(new CharacterTokenizer("aéz").Fingerprint));
    }

    [FsCheck.NUnit.Property]
    public void Text_EncodedAndDecoded_IsTheSame(NonEmptyString text)
    {
        var valid = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get));
        var tokenizer = CharacterTokenizer.FromTexts([Encoding.UTF8.GetBytes(valid)]);
        Assert.That(tokenizer.Decode(tokenizer.Encode(valid)), Is.EqualTo(valid));
        Assert.That(tokenizer.Encode(valid), Has.Length.EqualTo(valid.EnumerateRunes().Count()));
    }

    [Test]
    public void Encode_Enough_StopsThere()
    {
        var tokens = new List<int> { 5 };
        new CharacterTokenizer("abc").Encode("abcabc"u8, tokens, enough: 4);
        Assert.That(tokens, Is.EqualTo(new[] { 5, 0, 1, 2, 0 }));
    }

    [TestCase("ab7",
        "character U+0037 '7' at position 2 (counted from 0) is not in the tokenizer's alphabet of 27. Build the alphabet from this data, add the character "
        + "to it, or clean the data.")]
    [TestCase("\n", "character U+000A at position 0 ")]
    [TestCase("a😀", "character U+1F600 '😀' at position 1 ")]
    public void Encode_UnknownCharacter_NamesItAndTheRemedy(string text, string expected) => Assert.That(
        () => new CharacterTokenizer(CharacterTokenizer.Text8Alphabet).Encode(text),
        Throws.TypeOf<InvalidDataException>().With.Message.StartsWith(expected));

    [Test]
    public void FromTexts_DataSet_HasItsCharacters()
    {
        WriteParquet("a.parquet", ["hello", null, ""], ["wörld"]);
        using var data = Open();
        Assert.That(CharacterTokenizer.FromTexts(data.ReadTexts()).Alphabet, Is.EqualTo("dehlorwö"));
    }

    [Test]
    public void FromTexts_NoCharacters_Throws() =>
        Assert.That(() => CharacterTokenizer.FromTexts([default]), Throws.TypeOf<InvalidDataException>());

    [Test]
    public void Decode_IdOutsideTheVocabulary_Throws()
    {
        var tokenizer = new CharacterTokenizer("ab");
        Assert.That(() => tokenizer.Decode([3]), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => tokenizer.Decode([-1]), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Save_ThenLoad_IsTheSame()
    {
        var tokenizer = new CharacterTokenizer("aé\"\\\n😀\u2028");
        tokenizer.Save(PathOf("saved"));
        Assert.That(Directory.GetFiles(PathOf("saved")).Select(Path.GetFileName), Is.EqualTo(new[] { "tokenizer.json" }));
        var loaded = TokenizerLoader.Load(PathOf("saved"));
        Assert.That(loaded.Fingerprint, Is.EqualTo(tokenizer.Fingerprint));
        Assert.That(loaded.Encode("😀a"), Is.EqualTo(tokenizer.Encode("😀a")));
    }

    [TestCase("{", "is not JSON")]
    [TestCase("[]", "holds no known tokenizer")]
    [TestCase("{\"type\": \"sentences\"}", "holds no known tokenizer")]
    [TestCase("{\"type\": \"characters\"}", "without the member \"alphabet\"")]
    [TestCase("{\"type\": \"characters\", \"alphabet\": \"\"}", "without the member \"alphabet\"")]
    public void Load_BadFile_NamesIt(string json, string expected)
    {
        File.WriteAllText(PathOf("tokenizer.json"), json);
        Assert.That(() => TokenizerLoader.Load(Folder),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(expected).And.Message.Contains(PathOf("tokenizer.json")));
    }

    [Test]
    public void Load_EmptyFolder_NamesTheFile() => Assert.That(
        () => TokenizerLoader.Load(Folder), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("has no tokenizer.json"));
}
