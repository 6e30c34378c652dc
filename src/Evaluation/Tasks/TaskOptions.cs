namespace Lhts.Evaluation.Tasks;

/// <summary>How a task is asked, and by which methods.</summary>
public sealed record TaskOptions
{
    /// <summary>Answers to each question by each method; greedy gives one. Default 4.</summary>
    public int Draws { get; init; } = 4;

    /// <summary>Tokens of an answer at most. Default: nothing, until the context is full.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The token that ends an answer. Default: nothing, answers of a fixed length.</summary>
    public int? EndOfText { get; init; }

    /// <summary>Myopic temperatures of the teacher. Default 1, 0.8, 0.6, 0.4, 0.2.</summary>
    public IReadOnlyList<double> MyopicTemperatures { get; init; } = [1, 0.8, 0.6, 0.4, 0.2];

    /// <summary>Long-horizon temperatures of the student. Default none.</summary>
    public IReadOnlyList<double> StudentTemperatures { get; init; } = [];

    /// <summary>Long-horizon temperatures of power SMC. Default none.</summary>
    public IReadOnlyList<double> SmcTemperatures { get; init; } = [];

    /// <summary>Particles of power SMC for one answer. Default 32.</summary>
    public int Particles { get; init; } = 32;

    /// <summary>Draws of best-of-n by log p and of the majority; 0 leaves both out. Default 0.</summary>
    public int BestOf { get; init; }

    /// <summary>Texts drawn at a time. Default 256.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Seed of all draws. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The methods in the order of the table.</summary>
    public IEnumerable<TaskMethod> Methods()
    {
        yield return new TaskMethod(TaskMethodKind.Greedy, 0);
        foreach (var tau in MyopicTemperatures.Where(tau => tau > 0)) yield return new TaskMethod(TaskMethodKind.Myopic, tau);
        foreach (var temperature in StudentTemperatures) yield return new TaskMethod(TaskMethodKind.Student, temperature);
        foreach (var temperature in SmcTemperatures) yield return new TaskMethod(TaskMethodKind.PowerSmc, temperature, Particles);
        if (BestOf == 0) yield break;
        yield return new TaskMethod(TaskMethodKind.BestOf, 1, BestOf);
        yield return new TaskMethod(TaskMethodKind.Majority, 1, BestOf);
    }

    /// <summary>What is wrong with the values; empty when nothing is.</summary>
    public IEnumerable<string> Faults()
    {
        if (Draws < 1) yield return $"draws is {Draws}, but must be at least 1";
        if (MaxTokens < 1) yield return $"tokens of an answer are {MaxTokens}, but must be at least 1";
        foreach (var tau in MyopicTemperatures.Where(tau => !(tau >= 0 && double.IsFinite(tau))))
        {
            yield return $"myopic temperature is {tau}, but must be at least 0";
        }

        foreach (var temperature in StudentTemperatures.Concat(SmcTemperatures).Where(value => !(value > 0 && double.IsFinite(value))))
        {
            yield return $"long-horizon temperature is {temperature}, but must be above 0";
        }

        if (Particles < 2) yield return $"particles are {Particles}, but must be at least 2";
        if (BestOf is < 0 or 1) yield return $"best of is {BestOf}, but must be 0 (left out) or at least 2";
        if (BatchSize < 1) yield return $"batch size is {BatchSize}, but must be at least 1";
    }
}
