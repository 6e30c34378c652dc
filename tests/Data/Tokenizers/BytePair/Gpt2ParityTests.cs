using System.Text.Json;
using Lhts.Data.Tokenizers;
using Lhts.Testing;

namespace Lhts.Data.Tests.Tokenizers.BytePair;

/// <summary>
/// Ids that Hugging Face's GPT-2 tokenizer gives to plain text. Data/gpt2-part holds the part of GPT-2's vocabulary that the cases
/// touch (every merge that is found while encoding them), with the ids counted anew; the whole is used where it is at hand.
/// </summary>
public sealed class Gpt2ParityTests
{
    private static IEnumerable<string> Folders()
    {
        yield return Repository.PathOf("tests", "Data", "Data", "gpt2-part");
        var whole = Repository.PathOf("..", "shared", "tokenizer");
        if (Directory.Exists(whole)) yield return whole;
    }

    [TestCaseSource(nameof(Folders))]
    public void Encode_Cases_HaveTheIdsOfHuggingFace(string folder)
    {
        var tokenizer = TokenizerLoader.Load(folder);
        using var cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "cases.json")));
        Assert.That(cases.RootElement.GetArrayLength(), Is.EqualTo(181));
        foreach (var item in cases.RootElement.EnumerateArray())
        {
            var text = item.GetProperty("text").GetString()!;
            var ids = item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            Assert.That(tokenizer.Encode(text), Is.EqualTo(ids), text);
            Assert.That(tokenizer.Decode(ids), Is.EqualTo(text));
        }
    }
}
