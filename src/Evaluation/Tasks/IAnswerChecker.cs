namespace Lhts.Evaluation.Tasks;

/// <summary>
/// Tells whether what a model wrote is right. A checker is a class of this form and a line in <see cref="AnswerCheckers"/>.
/// </summary>
public interface IAnswerChecker
{
    /// <summary>What an answer says, by which answers are counted for a majority; null where it says nothing that counts.</summary>
    /// <param name="written">What the model wrote after the prompt.</param>
    /// <param name="item">The question.</param>
    string? Read(string written, TaskItem item);

    /// <summary>Whether what <see cref="Read"/> found is right.</summary>
    /// <param name="said">What it found.</param>
    /// <param name="item">The question.</param>
    bool IsRight(string said, TaskItem item);
}
