using Lhts.Trainer.Commands.Sampling;

namespace Lhts.Trainer.Tests.Commands.Sampling;

public sealed class PromptFileTests
{
    [Test]
    public void Parse_OfTextLines_TakesThemAsTheyAre()
    {
        var prompts = PromptFile.Parse("here", ["once ", "", "{later\r"]);

        Assert.That(prompts.Select(prompt => (prompt.Id!.Value.GetInt32(), prompt.Text)), Is.EqualTo(new[] { (1, "once "), (3, "{later") }));
    }

    [Test]
    public void Parse_WithoutAPrompt_SaysSo() =>
        Assert.That(() => PromptFile.Parse("here", ["", " "]),
            Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo("here: there is no prompt in it."));

    [Test]
    public void Parse_OfManyBadLines_CountsTheRest() => Assert.That(
        () => PromptFile.Parse("here", [.. Enumerable.Repeat("{", 25)]),
        Throws.InstanceOf<InvalidDataException>().With.Message.Contains("line 20 is not").And.Message.Contains("and 5 more").And.Message.Not.Contains(
            "line 21"));
}
