using Lhts.Data.Parquet;
using Lhts.Data.Preparing;
using Lhts.Data.Preparing.Tasks;

namespace Lhts.Data.Tests.Preparing;

public sealed class CountdownTests : DataFixture
{
    private static readonly CountdownOptions Small = new() { Demonstrations = 2000, HeldOut = 50 };

    [Test]
    public void Demonstrations_UseEachNumberOnce_AndMostHitTheTarget()
    {
        var (demonstrations, heldOut) = Prepare(Small);
        Assert.That(demonstrations, Has.Count.EqualTo(2000));
        Assert.That(demonstrations.Select(row => row.Prompt.Split(' ').Length), Is.All.EqualTo(6));
        Assert.That(demonstrations.Select(row => row.Text.Split(' ').Length), Is.All.EqualTo(7));
        foreach (var row in demonstrations.Concat(heldOut))
        {
            var given = row.Prompt.Split(" -> ")[0];
            Assert.That(given, Is.EqualTo(string.Join(' ', given.Split(' ').OrderBy(int.Parse))));
            Assert.That(Numbers(row.Text).Order(), Is.EqualTo(given.Split(' ').Select(int.Parse)));
        }

        Assert.That(demonstrations.Concat(heldOut).Select(Target), Is.All.InRange(1, 50));
        Assert.That(heldOut.Select(row => Value(row.Text)), Is.EqualTo(heldOut.Select(Target)));
        // A tenth has other signs, of which some hit; four standard errors of 2,000 draws.
        Assert.That(demonstrations.Average(row => Value(row.Text) == Target(row) ? 1.0 : 0), Is.InRange(0.9 - 0.027, 0.93));
    }

    [Test]
    public void HeldOutPrompts_AreNeverDemonstrated()
    {
        var (demonstrations, heldOut) = Prepare(new CountdownOptions { Numbers = 2, Largest = 4, LargestTarget = 8, Demonstrations = 500, HeldOut = 5 });
        Assert.That(heldOut.Select(row => row.Prompt).Distinct().Count(), Is.EqualTo(5));
        Assert.That(heldOut.Select(row => row.Prompt).Intersect(demonstrations.Select(row => row.Prompt)), Is.Empty);
    }

    [Test]
    public void Demonstrations_DependOnTheSeedAlone()
    {
        var first = Prepare(Small, "a").Demonstrations;
        Assert.That(Prepare(Small, "b").Demonstrations, Is.EqualTo(first));
        Assert.That(Prepare(Small with { Seed = 2 }, "c").Demonstrations, Is.Not.EqualTo(first));
    }

    [Test]
    public void Options_ThatCannotBe_AreAllNamed() => Assert.That(
        () => Prepare(new CountdownOptions { Numbers = 2, Largest = 3, LargestTarget = 2, HeldOut = 4, Noise = 2 }),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            "Countdown: largestTarget is 2, but must be at least largest, 3; heldOut is 4, but must be at most half of the 6 choices of numbers; noise is 2, "
            + "but must be from 0 to 1."));

    private (List<PromptDocument> Demonstrations, List<PromptDocument> HeldOut) Prepare(CountdownOptions countdown, string name = "out")
    {
        DataPreparer.Prepare(new PrepareOptions { Task = countdown, Output = PathOf(name) });
        return (Read(PathOf(name)), Read(PathOf($"{name}-heldout")));
    }

    private static List<PromptDocument> Read(string path)
    {
        using var data = DataSet.Open(new DataOptions { Path = path, PromptColumn = "prompt" });
        return [.. data.ReadPrompts()];
    }

    private static int Target(PromptDocument row) => int.Parse(row.Prompt.Split(" -> ")[1]);

    private static IEnumerable<int> Numbers(string expression) => expression.Split(' ').Where((_, i) => i % 2 == 0).Select(int.Parse);

    /// <summary>The value of an expression, worked out apart from the code under test: a sum of products.</summary>
    private static int Value(string expression) => expression.Replace("- ", "+ -", StringComparison.Ordinal).Split(" + ")
        .Sum(term => term.Split(" * ").Aggregate(1, (product, word) => product * int.Parse(word)));
}
