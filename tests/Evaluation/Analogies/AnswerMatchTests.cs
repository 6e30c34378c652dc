using Lhts.Evaluation.Analogies;

namespace Lhts.Evaluation.Tests.Analogies;

/// <summary>Judging answers written by hand.</summary>
public sealed class AnswerMatchTests
{
    private static readonly AnalogyQuestion Question =
        new("capitals", AnalogyKind.Duplicate, "", ["Moscow Japan", "Rome Italy", "Moscow Pakistan", "Moscow Australia"], 1);

    [TestCase(" \"Rome Italy\"", AnswerOutcome.Right)]
    [TestCase("Rome Italy", AnswerOutcome.Right)]
    [TestCase("I say Rome Italy.\n\nQuestion:", AnswerOutcome.Right)]
    [TestCase(" \"Rome Italy\" or \"Rome Italy\"", AnswerOutcome.Right)]
    [TestCase(" \"Moscow Japan\"", AnswerOutcome.Wrong)]
    [TestCase(" \"Moscow Japan\", \"Rome Italy\"", AnswerOutcome.Ambiguous)]
    [TestCase(" \"Moscow Japan\", \"Moscow Pakistan\"", AnswerOutcome.Ambiguous)]
    [TestCase(" \"Rome", AnswerOutcome.Unparsed)]
    [TestCase(" Rome, Italy", AnswerOutcome.Unparsed)]
    [TestCase(" rome italy", AnswerOutcome.Unparsed)]
    [TestCase(" \"Rome Italyland\"", AnswerOutcome.Unparsed)]
    [TestCase(" \"Rome Italyland\" \"Rome Italy\"", AnswerOutcome.Right)]
    [TestCase(" Jerome Italy", AnswerOutcome.Unparsed)]
    [TestCase("ChRome Italy", AnswerOutcome.Unparsed)]
    [TestCase("", AnswerOutcome.Unparsed)]
    public void Judge_Answer_GivesItsOutcome(string answer, AnswerOutcome expected) => Assert.That(AnswerMatch.Judge(answer, Question), Is.EqualTo(expected));

    [Test]
    public void Of_Outcomes_CountsEach()
    {
        var score = QuestionScore.Of(
            Question, [AnswerOutcome.Right, AnswerOutcome.Right, AnswerOutcome.Wrong, AnswerOutcome.Ambiguous, AnswerOutcome.Unparsed]);

        Assert.That(score, Is.EqualTo(new QuestionScore("capitals", 2, 1, 1, 1)));
        Assert.That(score.Accuracy, Is.EqualTo(0.4));
    }
}
