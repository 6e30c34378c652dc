using System.Text;
using System.Text.Json.Nodes;
using Lhts.Data.Tokenizers;
using Lhts.Data.Tokenizers.BytePair;

namespace Lhts.Data.Tests.Tokenizers.BytePair;

public sealed class TokenizerJsonTests : DataFixture
{
    private JsonNode _json = null!;

    [SetUp]
    public void SaveOne()
    {
        BytePairTrainer.Train([Encoding.UTF8.GetBytes("abab abab")], new BytePairTrainingOptions { VocabularySize = 259 }).Save(Folder);
        _json = JsonNode.Parse(File.ReadAllText(PathOf("tokenizer.json")))!;
    }

    [Test]
    public void Load_MergesAsArraysAndExtraMembers_Works()
    {
        var before = Load().Fingerprint;
        _json["model"]!["merges"] = new JsonArray(
            [.. _json["model"]!["merges"]!.AsArray().Select(merge => new JsonArray([.. merge!.GetValue<string>().Split(' ').Select(part => (JsonNode)part)]))]);
        _json["added_tokens"]!.AsArray().Clear();
        _json["something_new"] = 3;
        Assert.That(Load().Fingerprint, Is.EqualTo(before));
    }

    [TestCase(true, "ab", false)]
    [TestCase(false, "ab<pad é>", true)]
    public void Load_AddedToken_IsFoundUnlessSpecial(bool isSpecial, string decoded, bool isFound)
    {
        _json["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = 259, ["content"] = "<pad é>", ["special"] = isSpecial });
        var tokenizer = (BytePairTokenizer)Load();
        Assert.That(tokenizer.VocabularySize, Is.EqualTo(260));
        Assert.That(tokenizer.Decode([256, 259]), Is.EqualTo(decoded));
        Assert.That(tokenizer.Encode("ab<pad é>").Contains(259), Is.EqualTo(isFound));
        Assert.That(tokenizer.RecognizingSpecialTokens().Encode("ab<pad é>"), Is.EqualTo(new[] { 256, 259 }));
        tokenizer.Save(PathOf("again"));
        Assert.That(TokenizerLoader.Load(PathOf("again")).Fingerprint, Is.EqualTo(tokenizer.Fingerprint));
    }

    [TestCase("normalizer", "{\"type\": \"NFC\"}", "it has a normalizer")]
    [TestCase("pre_tokenizer", "{\"type\": \"Whitespace\"}", "its pre_tokenizer is not ByteLevel")]
    [TestCase("pre_tokenizer", "null", "its pre_tokenizer is not ByteLevel")]
    [TestCase("pre_tokenizer", "{\"type\": \"ByteLevel\", \"add_prefix_space\": true}", "adds a space in front")]
    [TestCase("pre_tokenizer", "{\"type\": \"ByteLevel\", \"use_regex\": false}", "does not use GPT-2's pattern")]
    [TestCase("model.type", "\"WordPiece\"", "its model is WordPiece; only BPE")]
    [TestCase("model.dropout", "0.1", "dropout")]
    [TestCase("model.end_of_word_suffix", "\"</w>\"", "end_of_word_suffix '</w>'")]
    [TestCase("model.byte_fallback", "true", "byte_fallback")]
    [TestCase("model.ignore_merges", "true", "ignore_merges")]
    [TestCase("model.merges", "[\"a b c\"]", "the merge a b c is not a pair")]
    [TestCase("model.merges", "[\"€ a\"]", "merge 0, '€ a', needs the token '€'")]
    [TestCase("model.merges", "[\"a c\"]", "merge 0, 'a c', needs the token 'ac'")]
    [TestCase("model.vocab", "{}", "the id 258; the ids of 1 tokens must be 0 to 0")]
    [TestCase("model.vocab", "3", "cannot be used")]
    [TestCase("added_tokens", "[{\"id\": 5, \"content\": \"<x>\"}]", "the id 5 is used twice")]
    [TestCase("added_tokens", "[{\"id\": 259, \"content\": \"<x>\", \"lstrip\": true}]", "its token '<x>' sets lstrip")]
    public void Load_WhatCannotBeKept_IsRefusedWithTheReason(string member, string value, string expected)
    {
        var path = member.Split('.');
        var parent = path.Length == 2 ? _json[path[0]]! : _json;
        parent[path[^1]] = JsonNode.Parse(value);
        Assert.That(Load, Throws.TypeOf<InvalidDataException>().With.Message.Contains(expected).And.Message.Contains(PathOf("tokenizer.json")));
    }

    [Test]
    public void Load_WithoutATokenForAByte_NamesTheByte()
    {
        var vocabulary = _json["model"]!["vocab"]!.AsObject();
        vocabulary["!!"] = vocabulary["!"]!.GetValue<int>();
        vocabulary.Remove("!");
        Assert.That(Load, Throws.TypeOf<InvalidDataException>().With.Message.Contains("no token for the byte 0x21"));
    }

    [Test]
    public void Load_WithoutEndOfText_NamesTheKnownOnes()
    {
        var vocabulary = _json["model"]!["vocab"]!.AsObject();
        vocabulary.Remove("<|endoftext|>");
        _json["added_tokens"]!.AsArray().Clear();
        Assert.That(Load, Throws.TypeOf<InvalidDataException>().With.Message.Contains("none of <|endoftext|>, <|end_of_text|>, </s>, <eos>"));
    }

    [TestCase("vocab.json", "[]")]
    [TestCase("vocab.json", "{\"a\": \"b\"}")]
    [TestCase("vocab.json", "{")]
    [TestCase("merges.txt", "a b c")]
    [TestCase("merges.txt", "ab")]
    public void Load_BadGpt2File_NamesTheFolder(string name, string contents)
    {
        File.WriteAllText(PathOf("vocab.json"), _json["model"]!["vocab"]!.ToJsonString());
        File.WriteAllText(PathOf("merges.txt"), "");
        File.Delete(PathOf("tokenizer.json"));
        Assert.That(() => TokenizerLoader.Load(Folder), Throws.Nothing);
        File.WriteAllText(PathOf(name), contents);
        Assert.That(() => TokenizerLoader.Load(Folder), Throws.TypeOf<InvalidDataException>().With.Message.Contains($"The tokenizer in '{Folder}'"));
    }

    private ITokenizer Load()
    {
        File.WriteAllText(PathOf("tokenizer.json"), _json.ToJsonString());
        return TokenizerLoader.Load(Folder);
    }
}
