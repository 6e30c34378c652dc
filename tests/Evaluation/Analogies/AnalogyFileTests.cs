using Lhts.Evaluation.Analogies;

namespace Lhts.Evaluation.Tests.Analogies;

/// <summary>The format of questions-words.txt.</summary>
public sealed class AnalogyFileTests
{
    [Test]
    public void Parse_TwoCategories_GivesTheirPairsOnce()
    {
        var categories = AnalogyFile.Parse("x", [": capitals", "Athens Greece Rome Italy", "Athens Greece Oslo Norway", "", ": plural", "cat cats dog dogs"]);

        Assert.That(categories.Select(category => category.Name), Is.EqualTo(new[] { "capitals", "plural" }));
        Assert.That(categories[0].Pairs.Select(pair => pair.ToString()), Is.EqualTo(new[] { "Athens Greece", "Rome Italy", "Oslo Norway" }));
        Assert.That(categories[1].Pairs, Has.Count.EqualTo(2));
    }

    [Test]
    public void Parse_ManyFaults_ListsAllWithTheirLines()
    {
        var exception = Assert.Throws<InvalidDataException>(() => AnalogyFile.Parse("x.txt", ["a b c d", ": one", "a b c", ":", ": two words"]));

        string[] faults = ["line 1: words before the first category", "line 3: 3 words", "line 4: 1 words", "line 5: 3 words"];
        Assert.That(exception!.Message, Does.StartWith("'x.txt': "));
        foreach (var fault in faults) Assert.That(exception.Message, Does.Contain(fault));
    }

    [Test]
    public void Parse_Nothing_IsRefused() =>
        Assert.That(() => AnalogyFile.Parse("x", []), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("no category"));
}
