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

    [Test]
    public void UnknownChecker_IsNamedWithThoseThere() => Assert.That(
        () => AnswerCheckers.Of("last"),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("There is no checker 'last'. Choose choice, exact, last-number."));

    private static bool IsRight(string name, string written, TaskItem item)
    {
        var checker = AnswerCheckers.Of(name);
        return checker.Read(written, item) is { } said && checker.IsRight(said, item);
    }
}
