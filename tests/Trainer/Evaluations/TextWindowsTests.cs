using Lhts.Data.Tokenizers;
using Lhts.Trainer.Evaluations;

namespace Lhts.Trainer.Tests.Evaluations;

public sealed class TextWindowsTests
{
    private static readonly ByteTokenizer Bytes = new();

    private string folder = null!;

    [SetUp]
    public void Make() => folder = Directory.CreateTempSubdirectory("lhts-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Read_OfAFolder_HasEachTextInWindowsThatPredictEveryTokenOnce()
    {
        File.WriteAllText(Path.Combine(folder, "b.txt"), "0123456789");
        File.WriteAllText(Path.Combine(folder, "a.jsonl"), "{\"ids\": [7, 8, 9], \"text\": \"x\", \"logProb\": -1}\n\n{\"text\": \"ab\"}\n");
        File.WriteAllText(Path.Combine(folder, "c.bin"), "no text");

        var texts = TextWindows.Read(folder, Bytes, context: 4);

        Assert.That(texts.Select(text => Path.GetFileName(text.Name)), Is.EqualTo(new[] { "a.jsonl:1", "a.jsonl:3", "b.txt" }));
        Assert.That(texts[0].Windows, Is.EqualTo(new[] { new[] { 7, 8, 9 } }));
        Assert.That(texts[1].Windows, Is.EqualTo(new[] { new[] { Bytes.EndOfText, 'a', 'b' } }));
        Assert.That(texts[2].Windows.SelectMany(window => window.Skip(1)), Is.EqualTo(Bytes.Encode("0123456789")));
        Assert.That(texts[2].Windows.Zip(texts[2].Windows.Skip(1), (first, second) => first[^1] == second[0]), Is.All.True);
        Assert.That(texts[2].Windows.Select(window => window.Length), Is.All.InRange(2, 4));
    }

    [TestCase("a.jsonl", "{\"ids\": [1, 999]}", "line 1 has the id 999; this model's are 0 to 256")]
    [TestCase("a.jsonl", "{\"txt\": \"a\"}", "line 1 is not an object with \"text\" or \"ids\"")]
    [TestCase("a.jsonl", "not json", "line 1 is not an object")]
    [TestCase("a.txt", "", "has no token to predict")]
    [TestCase("a.bin", "x", "holds no text")]
    public void Read_OfWhatIsNone_SaysSo(string name, string content, string message)
    {
        File.WriteAllText(Path.Combine(folder, name), content);
        Assert.That(() => TextWindows.Read(folder, Bytes, 8), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));
    }
}
