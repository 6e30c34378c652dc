namespace Lhts.Evaluation.Analogies;

/// <summary>How questions are built. The defaults are the paper's (Shih et al. 2023, section 5).</summary>
public sealed record AnalogyOptions
{
    /// <summary>Tokens of an answer in the paper.</summary>
    public const int AnswerTokens = 8;

    /// <summary>Questions of each category and kind. Default: 100, which with 14 categories makes 1,400 of a kind.</summary>
    public int QuestionsPerCategory { get; init; } = 100;

    /// <summary>Solved questions of the same relation before each question. Default: 3.</summary>
    public int NumExamples { get; init; } = 3;

    /// <summary>Seed of the questions. Default: 0.</summary>
    public ulong Seed { get; init; }
}
