using Lhts.Evaluation.Tasks;

namespace Lhts.Evaluation.Tests.Tasks;

public sealed class AnswerCheckerTests
{
    [TestCase("exact", "7", " 7\n", true)]
    [TestCase("exact", "7", "= 7", false)]
    [TestCase("last-number", "17", "Work: 20 20 18 8 16 17", true)]
    [TestCase("last-number", "17", "Answer: 17 . . . . .", true)]
    [TestCase("last-number", "17", "Answer: 17 18", false)]
    [TestCase("last-number", "17", "It is 17.", true)]
    [TestCase("last-number", "17.50", "so 17.5", true)]
    [TestCase("last-number", "#### 17", "17", true, Description = "an answer with work before its number")]
    [TestCase("last-number", "-3", "3 - -3", true)]
    [TestCase("last-number", "3", "3 - -3", false)]
    [TestCase("last-number", "17", "no number", false)]
    [TestCase("last-number", "17", "x17", false)]
    [TestCase("last-number", "17", "99999999999999999999999999999999999999999", false)]
    public void Checker_OfAWrittenAnswer_Judges(string name, string answer, string written, bool expected) =>
        Assert.That(IsRight(name, written, new TaskItem("?", answer)), Is.EqualTo(expected));

    [TestCase("it is red", true)]
    [TestCase("it is red or blue", false)]
    [TestCase("it is blue", false)]
    [TestCase("reddish", false)]
    public void Choice_CountsWhereItStandsAlone(string written, bool expected) =>
        Assert.That(IsRight("choice", written, new TaskItem("?", "red", ["red", "blue"])), Is.EqualTo(expected));

    [TestCase(" \"Rome Italy\"", "Rome Italy")]
    [TestCase("Rome Italy", "Rome Italy")]
    [TestCase("I say Rome Italy.\n\nQuestion:", "Rome Italy")]
    [TestCase(" \"Rome Italy\" or \"Rome Italy\"", "Rome Italy")]
    [TestCase(" \"Moscow Japan\"", "Moscow Japan")]
    [TestCase(" \"Moscow Japan\", \"Rome Italy\"", null)]
    [TestCase(" \"Moscow Japan\", \"Moscow Pakistan\"", null)]
    [TestCase(" \"Rome", null)]
    [TestCase(" Rome, Italy", null)]
    [TestCase(" rome italy", null)]
    [TestCase(" \"Rome Italyland\"", null)]
    [TestCase(" \"Rome Italyland\" \"Rome Italy\"", "Rome Italy")]
    [TestCase(" Jerome Italy", null)]
    [TestCase("ChRome Italy", null)]
    [TestCase("", null)]
    public void Choice_OfAnAnswer_IsTheOneItHoldsAsWholeWords(string written, string? expected)
    {
        var item = new TaskItem("?", "Rome Italy", ["Moscow Japan", "Rome Italy", "Moscow Pakistan", "Moscow Australia"]);
        Assert.That(AnswerCheckers.Of("choice").Read(written, item), Is.EqualTo(expected));
    }

    [TestCase("11 + 7 * 3 - 2", true)]
    [TestCase(" ( 7 * 3 ) + ( 11 - 2 )\n", true)]
    [TestCase("3*7+11-2", true)]
    [TestCase("2 * 3 * 7 - 11 - 1", false, Description = "a number that was not given")]
    [TestCase("11 + 7 * 3", false, Description = "a number is left over, and it is 32")]
    [TestCase("7 + 3 + 11 + 2", false, Description = "23")]
    [TestCase("(11 + 7) * 3 - 2", false, Description = "52")]
    [TestCase("11 + 7 * 3 - 2 = 30", false, Description = "more than an expression")]
    [TestCase("11 + 7 * 3 - 2 -", false)]
    [TestCase("(11 + 7 * 3 - 2", false)]
    [TestCase("-2 + 11 + 7 * 3", false, Description = "no number is negative")]
    [TestCase("", false)]
    public void Countdown_OfAnExpression_IsRightWhereItUsesTheNumbersAndHitsTheTarget(string written, bool expected) =>
        Assert.That(IsRight("countdown", written, new TaskItem("2 3 7 11 -> 30", "11 + 7 * 3 - 2")), Is.EqualTo(expected));

    [TestCase("2 4 8 -> 1", "8 / 4 / 2", true)]
    [TestCase("3 3 8 8 -> 24", "8 / (3 - 8 / 3)", true)]
    [TestCase("1 1 5 -> 0", "5 / (1 - 1)", false)]
    [TestCase("5 5 7 -> 7", "7 + 5 - 5", true)]
    [TestCase("5 7 -> 12", "7 + 5 + 5 - 5", false)]
    [TestCase("no prompt", "1", false)]
    public void Countdown_OfAnyPrompt_IsExact(string prompt, string written, bool expected) =>
        Assert.That(IsRight("countdown", written, new TaskItem(prompt, "?")), Is.EqualTo(expected));

    [Test]
    public void Countdown_OfAMillionBrackets_IsNoExpression() =>
        Assert.That(AnswerCheckers.Of("countdown").Read(new string('(', 1_000_000), new TaskItem("1 -> 1", "1")), Is.Null);

    [Test]
    public void Countdown_InAMajority_CountsExpressionsWhateverTheirBlanks() =>
        Assert.That(AnswerCheckers.Of("countdown").Read(" 2 + 3 ", new TaskItem("2 3 -> 5", "?")), Is.EqualTo("2+3"));

    [Test]
    public void UnknownChecker_IsNamedWithThoseThere() => Assert.That(
        () => AnswerCheckers.Of("last"),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("There is no checker 'last'. Choose choice, countdown, exact, last-number."));

    private static bool IsRight(string name, string written, TaskItem item)
    {
        var checker = AnswerCheckers.Of(name);
        return checker.Read(written, item) is { } said && checker.IsRight(said, item);
    }
}
