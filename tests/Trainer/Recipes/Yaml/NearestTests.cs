using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Tests.Recipes.Yaml;

public class NearestTests
{
    [TestCase("", "", 0)]
    [TestCase("", "abc", 3)]
    [TestCase("kitten", "sitting", 3)]
    [TestCase("temprature", "temperature", 1)]
    [TestCase("horzion", "horizon", 1)]
    public void Distance_KnownPairs_CountsEdits(string left, string right, int expected)
    {
        Assert.That(Nearest.Distance(left, right), Is.EqualTo(expected));
        Assert.That(Nearest.Distance(right, left), Is.EqualTo(expected));
    }

    [Test]
    public void Find_NothingNear_IsNull() => Assert.That(Nearest.Find("qqqqqq", ["temperature", "horizon"]), Is.Null);

    [Test]
    public void Order_Candidates_PutsTheNearestFirst() =>
        Assert.That(Nearest.Order("Indx", ["none", "index-token", "index"]), Is.EqualTo(new[] { "index", "none", "index-token" }));
}
