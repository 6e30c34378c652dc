using System.Diagnostics;
using System.Text.Json.Nodes;
using Lhts.Data.Tokenizers;
using Lhts.Data.Tokenizers.BytePair;
using Lhts.Testing;

namespace Lhts.Data.Tests.Tokenizers;

/// <summary>Hugging Face's own library, from npm, loads what we save and encodes as we do.</summary>
public sealed class HuggingFaceTests : DataFixture
{
    private static readonly string[] Texts = ["in the beginning", "  two  blanks\n\n and lines\t", "naïve café, 😀 and \u2028 \"quoted\" \\ <|end", "a"];

    [Test]
    public void Characters_InTheirLibrary_AreTheSameIds() => Check(new CharacterTokenizer(string.Concat(Texts)));

    [Test]
    public void Bytes_InTheirLibrary_AreTheSameIds() => Check(new ByteTokenizer());

    [Test]
    public void BytePairs_InTheirLibrary_AreTheSameIds()
    {
        WriteParquet("a.parquet", [.. Texts]);
        using var data = Open();
        Check(BytePairTrainer.Train(data.ReadTexts(), new BytePairTrainingOptions { VocabularySize = 270 }));
    }

    [Test]
    public void FileOfAnEarlierVersion_IsStillRead()
    {
        File.WriteAllText(PathOf("tokenizer.json"), """{"type":"characters","alphabet":"abc"}""");
        Assert.That(TokenizerLoader.Load(Folder).Fingerprint, Is.EqualTo(new CharacterTokenizer("abc").Fingerprint));
        File.WriteAllText(PathOf("tokenizer.json"), """{"type":"bytes"}""");
        Assert.That(TokenizerLoader.Load(Folder).Fingerprint, Is.EqualTo(new ByteTokenizer().Fingerprint));
    }

    private void Check(ITokenizer tokenizer)
    {
        tokenizer.Save(PathOf("saved"));
        Assert.That(TokenizerLoader.Load(PathOf("saved")).Fingerprint, Is.EqualTo(tokenizer.Fingerprint));
        var start = new ProcessStartInfo(
            "node",
            [
                Repository.PathOf("tests", "Data", "Tokenizers", "huggingface.js"), Repository.PathOf("eng", "node_modules", "tokenizers"),
                Path.Combine(PathOf("saved"), TokenizerLoader.FileName), .. Texts,
            ]);
        using var node = new CollectedProcess(start, TimeSpan.FromMinutes(1));
        Assert.That(node.Wait(), Is.Zero, node.Errors);
        var answers = node.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.That(answers.Select(answer => answer["ids"]!.AsArray().Select(id => (int)id!).ToArray()),
            Is.EqualTo(Texts.Select(text => tokenizer.Encode(text))));
        Assert.That(answers.Select(answer => (string)answer["text"]!), Is.EqualTo(Texts));
        Assert.That(answers.Select(answer => ((int)answer["size"]!, (int)answer["end"]!)), Is.All.EqualTo((tokenizer.VocabularySize, tokenizer.EndOfText)));
    }
}
