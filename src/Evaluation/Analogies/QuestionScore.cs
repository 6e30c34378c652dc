namespace Lhts.Evaluation.Analogies;

/// <summary>How the answers to one question came out.</summary>
/// <param name="Category">The question's relation.</param>
/// <param name="NumRight">Answers with the right choice alone.</param>
/// <param name="NumWrong">Answers with one wrong choice alone.</param>
/// <param name="NumAmbiguous">Answers with several choices.</param>
/// <param name="NumUnparsed">Answers with none.</param>
public sealed record QuestionScore(string Category, int NumRight, int NumWrong, int NumAmbiguous, int NumUnparsed)
{
    /// <summary>Answers drawn.</summary>
    public int NumAnswers => NumRight + NumWrong + NumAmbiguous + NumUnparsed;

    /// <summary>Share of right ones.</summary>
    public double Accuracy => (double)NumRight / NumAnswers;

    /// <summary>Counts the outcomes of one question.</summary>
    public static QuestionScore Of(AnalogyQuestion question, IReadOnlyCollection<AnswerOutcome> outcomes) => new(
        question.Category,
        outcomes.Count(outcome => outcome == AnswerOutcome.Right),
        outcomes.Count(outcome => outcome == AnswerOutcome.Wrong),
        outcomes.Count(outcome => outcome == AnswerOutcome.Ambiguous),
        outcomes.Count(outcome => outcome == AnswerOutcome.Unparsed));
}
