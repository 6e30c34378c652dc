using Lhts.Trainer.Commands.Sampling;

namespace Lhts.Trainer.Tests.Commands.Sampling;

public sealed class TerminalTextTests
{
    [TestCase("plain\ttext\n", "plain\ttext\n")]
    [TestCase("\u001b[2Jgone", "\\x1B[2Jgone")]
    [TestCase("a\rb\u0007\u009bé", "a\\x0Db\\x07\\x9Bé")]
    public void Escape_OfControlCharacters_WritesTheirNumbers(string text, string expected) => Assert.That(TerminalText.Escape(text), Is.EqualTo(expected));
}
