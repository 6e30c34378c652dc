namespace Lhts.Evaluation.Tasks;

/// <summary>How the answers to one question came out.</summary>
/// <param name="NumRight">Right ones.</param>
/// <param name="NumAnswers">All.</param>
/// <param name="NumDistinctRight">Different texts among the right ones.</param>
public sealed record TaskScore(int NumRight, int NumAnswers, int NumDistinctRight)
{
    /// <summary>Answers that say nothing which counts, all of them wrong. Default 0.</summary>
    public int NumUnread { get; init; }

    /// <summary>Share of right ones.</summary>
    public double Accuracy => (double)NumRight / NumAnswers;
}

/// <summary>A method's answers to all questions.</summary>
/// <param name="Model">The teacher's, or another model's name where several are compared.</param>
/// <param name="Method">How the answers were drawn.</param>
/// <param name="TokensPerAnswer">Tokens that go through a model for one answer: its prompt's once, and those of all its draws.</param>
/// <param name="Scores">One for each question, in their order.</param>
public sealed record TaskRow(string Model, TaskMethod Method, double TokensPerAnswer, IReadOnlyList<TaskScore> Scores)
{
    /// <summary>The questions' group, where a task has several. Default null: it has none.</summary>
    public string? Group { get; init; }

    /// <summary>Mean over questions, with its interval by question.</summary>
    public AccuracyEstimate Accuracy => AccuracyEstimate.Of([.. Scores.Select(score => score.Accuracy)]);

    /// <summary>Standard error of the accuracy: questions are the independent draws.</summary>
    public double StandardError => ErrorOf([.. Scores.Select(score => score.Accuracy)]);

    /// <summary>Different right texts of a question's answers, in the mean.</summary>
    public double DistinctRight => Scores.Average(score => score.NumDistinctRight);

    /// <summary>Standard error of <see cref="DistinctRight"/>.</summary>
    public double DistinctRightError => ErrorOf([.. Scores.Select(score => (double)score.NumDistinctRight)]);

    /// <summary>Share of the answers that say nothing which counts.</summary>
    public double Unread => Scores.Sum(score => score.NumUnread) / (double)Scores.Sum(score => score.NumAnswers);

    private static double ErrorOf(double[] values) => Math.Sqrt(AccuracyEstimate.SquaredError(values, values.Average()));
}
