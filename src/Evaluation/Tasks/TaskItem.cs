namespace Lhts.Evaluation.Tasks;

/// <summary>A question with its right answer.</summary>
/// <param name="Prompt">What the model goes on from.</param>
/// <param name="Answer">The right answer.</param>
/// <param name="Choices">All answers that are offered, the right one among them; empty where there are none to choose from.</param>
public sealed record TaskItem(string Prompt, string Answer, IReadOnlyList<string> Choices)
{
    /// <summary>A kind of question that has rows of its own in the table. Default null: there is one kind.</summary>
    public string? Group { get; init; }

    /// <summary>A question without choices.</summary>
    public TaskItem(string prompt, string answer)
        : this(prompt, answer, [])
    {
    }
}
