using System.Globalization;

namespace Lhts.Evaluation.Tasks;

/// <summary>The ways of drawing an answer.</summary>
public enum TaskMethodKind
{
    /// <summary>The teacher's likeliest token at each place.</summary>
    Greedy,

    /// <summary>The teacher's tokens at a myopic temperature.</summary>
    Myopic,

    /// <summary>The student at a long-horizon temperature: one draw.</summary>
    Student,

    /// <summary>One particle of the teacher's p_T, by sequential Monte Carlo.</summary>
    PowerSmc,

    /// <summary>The likeliest under the teacher of n that it drew at temperature 1.</summary>
    BestOf,

    /// <summary>What most of n draws at temperature 1 say.</summary>
    Majority,
}

/// <summary>A way of drawing an answer, with its settings.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Temperature">Myopic or long-horizon; 0 for greedy, 1 for best-of-n and majority.</param>
/// <param name="NumDraws">Texts that are drawn for one answer: particles, or n. Default 1.</param>
public sealed record TaskMethod(TaskMethodKind Kind, double Temperature, int NumDraws = 1)
{
    /// <summary>How tables name it.</summary>
    public string Name => FormattableString.Invariant(Kind switch
    {
        TaskMethodKind.Greedy => $"greedy",
        TaskMethodKind.Myopic => $"myopic tau {Temperature:0.0##}",
        TaskMethodKind.Student => $"student T {Temperature:0.0##}",
        TaskMethodKind.PowerSmc => $"power SMC T {Temperature:0.0##}",
        TaskMethodKind.BestOf => $"best of {NumDraws} by log p",
        _ => $"majority of {NumDraws}",
    });
}
