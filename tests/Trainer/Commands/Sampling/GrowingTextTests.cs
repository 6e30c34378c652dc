using System.Text;
using Lhts.Data.Tokenizers;
using Lhts.Trainer.Commands.Sampling;

namespace Lhts.Trainer.Tests.Commands.Sampling;

public sealed class GrowingTextTests
{
    private static readonly ByteTokenizer Bytes = new();

    [Test]
    public void Next_AfterEachToken_GivesWholeCharactersAndAddsUpToTheText()
    {
        var text = Make("ä", []);
        var shown = text.Next(isEnded: false);
        foreach (var token in Bytes.Encode("b€c"))
        {
            text.Append(token);
            shown += text.Next(isEnded: false);
            Assert.That(shown, Does.Not.Contain('\uFFFD'));
        }

        Assert.That(shown + text.Next(isEnded: true), Is.EqualTo("äb€c").And.EqualTo(text.Text));
    }

    [Test]
    public void Append_OfAStopStringOverSeveralTokens_EndsTheTextBeforeIt()
    {
        var text = Make("END", ["ND of", "END"]);
        var (shown, count) = (text.Next(isEnded: false), 0);
        foreach (var token in Bytes.Encode("xE, EN, END of it"))
        {
            text.Append(token);
            shown += text.Next(isEnded: false);
            count++;
            if (text.IsStopped) break;
        }

        Assert.That(count, Is.EqualTo("xE, EN, END".Length), "the stop string's last character ends it");
        Assert.That(shown + text.Next(isEnded: true), Is.EqualTo("ENDxE, EN, ").And.EqualTo(text.Text), "the prompt's own is none");
    }

    [Test]
    public void Next_WhereAStopStringMayHaveBegun_HoldsItBack()
    {
        var text = Make("", ["abc"]);
        foreach (var token in Bytes.Encode("xyab")) text.Append(token);

        Assert.That(text.Next(isEnded: false), Is.EqualTo("xy"));
        Assert.That(text.Next(isEnded: true), Is.EqualTo("ab"));
    }

    private static GrowingText Make(string prompt, string[] stops) => new(Bytes, Bytes.Encode(prompt), [.. stops.Select(Encoding.UTF8.GetBytes)]);
}
