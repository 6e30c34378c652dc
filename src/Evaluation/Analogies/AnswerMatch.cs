namespace Lhts.Evaluation.Analogies;

/// <summary>What an answer says.</summary>
public enum AnswerOutcome
{
    /// <summary>It holds the right choice and no other.</summary>
    Right,

    /// <summary>It holds one wrong choice and no other.</summary>
    Wrong,

    /// <summary>It holds more than one choice, which does not count.</summary>
    Ambiguous,

    /// <summary>It holds no choice.</summary>
    Unparsed,
}

/// <summary>Finds a question's choices in an answer.</summary>
public static class AnswerMatch
{
    /// <summary>Judges an answer. A choice counts as held when its words stand there as whole words, in upper and lower case as in the choice.</summary>
    /// <param name="answer">What was generated after <c>Answer:</c>.</param>
    /// <param name="question">The question.</param>
    public static AnswerOutcome Judge(string answer, AnalogyQuestion question)
    {
        int[] held = [.. Enumerable.Range(0, question.Choices.Count).Where(i => Holds(answer, question.Choices[i]))];
        return held.Length switch
        {
            0 => AnswerOutcome.Unparsed,
            1 => held[0] == question.Right ? AnswerOutcome.Right : AnswerOutcome.Wrong,
            _ => AnswerOutcome.Ambiguous,
        };
    }

    /// <summary>Whether a choice stands in an answer as whole words.</summary>
    internal static bool Holds(string answer, string choice)
    {
        for (var start = answer.IndexOf(choice, StringComparison.Ordinal); start >= 0; start = answer.IndexOf(choice, start + 1, StringComparison.Ordinal))
        {
            var end = start + choice.Length;
            if ((start == 0 || !char.IsLetterOrDigit(answer[start - 1])) && (end == answer.Length || !char.IsLetterOrDigit(answer[end]))) return true;
        }

        return false;
    }
}
