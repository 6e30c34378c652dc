using Lhts.Data.Parquet;
using Lhts.Data.Preparing;
using Lhts.Data.Preparing.Tasks;

namespace Lhts.Data.Tests.Preparing;

public sealed class ArithmeticChainTests : DataFixture
{
    private static readonly ChainOptions Small = new() { Demonstrations = 4000, HeldOut = 50 };

    [Test]
    public void Running_OfAChain_GoesFromLeftToRightModuloTheModulus()
    {
        var chain = new ArithmeticChain([3, 17, 5, 39, 2], "+*-*", 40);
        Assert.That(chain.Prompt, Is.EqualTo("3 + 17 * 5 - 39 * 2 ="));
        Assert.That(chain.Running((value, _) => value), Is.EqualTo(new[] { 20, 20, 21, 2 }));
        Assert.That(chain.Running((value, i) => i == 1 ? 7 : value), Is.EqualTo(new[] { 20, 7, 8, 16 }), "work goes on from a wrong value");
        Assert.That(chain.Result, Is.EqualTo(2));
    }

    [Test]
    public void Demonstrations_HaveTheSharesNoiseAndLengthsOfTheOptions()
    {
        var (demonstrations, heldOut) = Prepare(Small);
        Assert.That(demonstrations, Has.Count.EqualTo(4000));
        Assert.That(demonstrations.Select(row => row.Prompt.Split(' ').Length), Is.All.EqualTo(14));
        Assert.That(demonstrations.Select(row => row.Text.Split(' ').Length), Is.All.EqualTo(7));
        Assert.That(heldOut.Select(row => row.Prompt).Distinct().Count(), Is.EqualTo(50));
        Assert.That(heldOut.Select(row => row.Prompt).Intersect(demonstrations.Select(row => row.Prompt)), Is.Empty);
        Assert.That(heldOut.Select(row => Result(row.Prompt).ToString()), Is.EqualTo(heldOut.Select(row => row.Text)));
        var byKind = demonstrations.ToLookup(row => row.Text.Split(' ')[0]);
        // Four standard errors of 4,000 draws and fewer.
        Assert.That(byKind["Answer:"].Count() / 4000.0, Is.EqualTo(0.5).Within(0.032));
        Assert.That(byKind["Work:"].Count() / 4000.0, Is.EqualTo(0.25).Within(0.028));
        Assert.That(byKind["Steps:"].Count() / 4000.0, Is.EqualTo(0.25).Within(0.028));
        Assert.That(byKind["Answer:"].Average(row => row.Text.Split(' ')[1] == $"{Result(row.Prompt)}" ? 1.0 : 0), Is.EqualTo(0.9 + (0.1 / 40)).Within(0.028));
        Assert.That(byKind["Work:"].Average(row => row.Text.Split(' ')[^1] == $"{Result(row.Prompt)}" ? 1.0 : 0), Is.InRange(0.7, 0.85));
        Assert.That(byKind["Answer:"].Select(row => row.Text[row.Text.IndexOf(" .", StringComparison.Ordinal)..]), Is.All.EqualTo(" . . . . ."));
    }

    [Test]
    public void Demonstrations_DependOnTheSeedAlone()
    {
        var first = Prepare(Small, "a").Demonstrations;
        Assert.That(Prepare(Small, "b").Demonstrations, Is.EqualTo(first));
        Assert.That(Prepare(Small with { Seed = 2 }, "c").Demonstrations, Is.Not.EqualTo(first));
    }

    [Test]
    public void SmallTask_HoldsOutPromptsThatAreNeverDemonstrated()
    {
        var (demonstrations, heldOut) = Prepare(new ChainOptions { Operations = 1, Modulus = 3, Demonstrations = 500, HeldOut = 10 });
        Assert.That(heldOut, Has.Count.EqualTo(10));
        Assert.That(demonstrations.Select(row => row.Prompt).Distinct().Count(), Is.EqualTo(27 - 10));
    }

    [Test]
    public void Options_ThatCannotBe_AreAllNamed() => Assert.That(
        () => Prepare(new ChainOptions { Operations = 1, Modulus = 2, HeldOut = 7, AnswerShare = 0.8, WorkShare = 0.3, Noise = -1 }),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            "Arithmetic chains: heldOut is 7, but must be at most half of the 12 chains that there are; answerShare and workShare must not be below 0, nor "
            + "above 1 together; noise is -1, but must be from 0 to 1."));

    private (List<PromptDocument> Demonstrations, List<PromptDocument> HeldOut) Prepare(ChainOptions chains, string name = "out")
    {
        DataPreparer.Prepare(new PrepareOptions { Task = chains, Output = PathOf(name) });
        return (Read(PathOf(name)), Read(PathOf($"{name}-heldout")));
    }

    private static List<PromptDocument> Read(string path)
    {
        using var data = DataSet.Open(new DataOptions { Path = path, PromptColumn = "prompt" });
        return [.. data.ReadPrompts()];
    }

    /// <summary>The value of a prompt, worked out apart from the code under test.</summary>
    private static int Result(string prompt)
    {
        var words = prompt.Split(' ');
        var value = int.Parse(words[0]);
        for (var i = 1; i + 1 < words.Length; i += 2)
        {
            var number = int.Parse(words[i + 1]);
            value = ((words[i] == "+" ? value + number : words[i] == "-" ? value - number : value * number) % 40 + 40) % 40;
        }

        return value;
    }
}
