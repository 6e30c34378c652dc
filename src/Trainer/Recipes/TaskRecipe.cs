using Lhts.Evaluation.Tasks;
using Lhts.Trainer.Evaluations;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Recipes;

/// <summary>A task that teacher and student are asked at the end.</summary>
public sealed record TaskRecipe
{
    /// <summary>
    /// JSON Lines with prompt and answer, Parquet with the columns of the data, or word analogies (.txt). Default: nothing, the prompts held out beside
    /// data.path.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>How an answer is checked: exact, last-number, choice (that of word analogies) or countdown. Default last-number.</summary>
    public string Checker { get; init; } = "last-number";

    /// <summary>Questions that are asked, the first ones; of word analogies of each category and kind. Default: nothing, all, or 100.</summary>
    public int? Questions { get; init; }

    /// <summary>Answers to each question by each method. Default 4.</summary>
    public int Draws { get; init; } = 4;

    /// <summary>Tokens of an answer at most. Default: nothing, until the context is full, or 8 for word analogies.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Myopic temperatures of the teacher; greedy is always there. Default 1, 0.8, 0.6, 0.4, 0.2.</summary>
    public IReadOnlyList<double> MyopicTemperatures { get; init; } = [1.0, 0.8, 0.6, 0.4, 0.2];

    /// <summary>Long-horizon temperatures of power SMC with the teacher. Default none.</summary>
    public IReadOnlyList<double> SmcTemperatures { get; init; } = [];

    /// <summary>Particles of power SMC for one answer. Default 32.</summary>
    public int Particles { get; init; } = 32;

    /// <summary>Draws of best-of-n by log p and of the majority; 0 leaves both out. Default 0.</summary>
    public int BestOf { get; init; }

    /// <summary>The options that it stands for, but for the student's temperatures and the end of an answer.</summary>
    internal TaskOptions Options => new()
    {
        Draws = Draws, MaxTokens = MaxTokens ?? TaskQuestions.TokensOf(Path), MyopicTemperatures = MyopicTemperatures, SmcTemperatures = SmcTemperatures,
        Particles = Particles, BestOf = BestOf,
    };

    /// <summary>Adds what is wrong with the values.</summary>
    /// <param name="validator">At <c>evaluation.task</c>.</param>
    internal void Check(Validator validator)
    {
        validator.Check(
            AnswerCheckers.Names.Contains(Checker, StringComparer.OrdinalIgnoreCase), "checker", Checker, string.Join(", ", AnswerCheckers.Names),
            "choose one of these");
        validator.Check(
            Path is null || !TaskQuestions.AreAnalogies(Path) || Checker.Equals("choice", StringComparison.OrdinalIgnoreCase), "checker", Checker,
            "choice for word analogies (.txt)", "change it");
        validator.AtLeastOne("questions", Questions ?? 1, "leave it out for all");
        validator.AtLeastOne("draws", Draws, "use e.g. 4");
        validator.AtLeastOne("maxTokens", MaxTokens ?? 1, "leave it out for the whole context");
        for (var i = 0; i < MyopicTemperatures.Count; i++) validator.AtLeast($"myopicTemperatures[{i}]", MyopicTemperatures[i], 0, "use e.g. 0.6");
        for (var i = 0; i < SmcTemperatures.Count; i++) validator.Positive($"smcTemperatures[{i}]", SmcTemperatures[i], "use e.g. 0.5");
        validator.AtLeast("particles", Particles, 2, "use e.g. 32");
        validator.Check(BestOf is 0 or >= 2, "bestOf", BestOf, "0 or at least 2", "leave it out, or use e.g. 32");
    }
}
