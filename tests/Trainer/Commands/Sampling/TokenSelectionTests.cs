using Lhts.Data.Tokenizers;
using Lhts.Trainer.Commands.Sampling;

namespace Lhts.Trainer.Tests.Commands.Sampling;

public sealed class TokenSelectionTests
{
    private static readonly ByteTokenizer Bytes = new();

    [TestCase("ids:3,7-9", new[] { 3, 7, 8, 9 })]
    [TestCase("text:ba", new[] { 'a', (int)'b' })]
    [TestCase("regex:[x-z]", new[] { 'x', 'y', (int)'z' })]
    public void Of_EachForm_IsItsTokens(string spec, int[] expected) =>
        Assert.That(new TokenSelection(Bytes).Of([spec, spec], "--allow"), Is.EqualTo(expected));

    [Test]
    public void Of_English_IsAsciiWithoutControlCharactersOrPieces()
    {
        var tokens = new TokenSelection(Bytes).Of(["english"], "--allow");

        Assert.That(tokens, Is.EqualTo(Enumerable.Range(0, 128).Where(token => token is '\t' or '\n' or '\r' || (token >= 32 && token < 127))));
    }

    [Test]
    public void Of_AFile_IsEachOfItsLines()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(path, ["ids:1", "", "text:z"]);
            Assert.That(new TokenSelection(Bytes).Of([$"file:{path}"], "--ban"), Is.EqualTo(new[] { 1, 'z' }));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestCase("regex:qqq+", "--ban is 'regex:qqq+', which matches none of the model's tokens")]
    [TestCase("regex:[(", "--ban is 'regex:[(': Invalid pattern")]
    [TestCase("spanish", "'spanish' selects no tokens: write english, text:TEXT")]
    [TestCase("ids:9-3", "'ids:9-3' has '9-3'; this model's tokens are 0 to 256")]
    [TestCase("ids:257", "0 to 256")]
    [TestCase("ids:a", "'ids:a' is no list of token ids")]
    [TestCase("text:", "matches none")]
    public void Of_WhatIsNone_SaysSo(string spec, string message) => Assert.That(
        () => new TokenSelection(Bytes).Of([spec], "--ban"), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));
}
