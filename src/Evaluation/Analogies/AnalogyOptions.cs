namespace Lhts.Evaluation.Analogies;

/// <summary>How questions are built and asked. The defaults are the paper's (Shih et al. 2023, section 5).</summary>
public sealed record AnalogyOptions
{
    /// <summary>Questions of each category. Default: 100, which with 14 categories makes 1,400.</summary>
    public int QuestionsPerCategory { get; init; } = 100;

    /// <summary>Solved questions of the same relation before each question. Default: 3.</summary>
    public int NumExamples { get; init; } = 3;

    /// <summary>Answers drawn for each question; at temperature 0 they are all the same, so one is drawn. Default: 50.</summary>
    public int SamplesPerQuestion { get; init; } = 50;

    /// <summary>Tokens of an answer at most. Default: 8.</summary>
    public int AnswerTokens { get; init; } = 8;

    /// <summary>Myopic temperatures at which answers are drawn. Default: 1, 0.5 and 0.</summary>
    public IReadOnlyList<double> Temperatures { get; init; } = [1, 0.5, 0];

    /// <summary>Long-horizon temperature for a student that knows temperatures. Default: none.</summary>
    public double? LongHorizonTemperature { get; init; }

    /// <summary>Answers drawn at a time. Default: 50.</summary>
    public int BatchSize { get; init; } = 50;

    /// <summary>Seed of questions and answers. Default: 0.</summary>
    public ulong Seed { get; init; }
}
