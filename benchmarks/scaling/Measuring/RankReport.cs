namespace Lhts.Scaling.Benchmarks.Measuring;

/// <summary>A step as a rank has measured it, in seconds.</summary>
/// <param name="Total">From its begin to its end.</param>
/// <param name="Backward">The backward pass.</param>
/// <param name="Reducing">While any reduction was under way.</param>
/// <param name="Exposed">Of that, after backward.</param>
/// <param name="Processor">Of all threads of the process.</param>
internal sealed record StepSample(double Total, double Backward, double Reducing, double Exposed, double Processor);

/// <summary>What a rank has measured.</summary>
/// <param name="Steps">One by one.</param>
/// <param name="Silent">Steps in between in which the same processes told each other nothing; none for a process alone.</param>
/// <param name="GradientBytes">What a step's reductions sum; 0 for a rank alone.</param>
/// <param name="SentBytes">What left its network interface in one step; 0 where it was not counted.</param>
/// <param name="NumParameters">Numbers in the model.</param>
internal sealed record RankReport(IReadOnlyList<StepSample> Steps, IReadOnlyList<StepSample> Silent, long GradientBytes, double SentBytes, long NumParameters)
{
    /// <summary>The same process's reports of several rounds as one.</summary>
    public static RankReport Together(IReadOnlyList<RankReport> rounds) => rounds[0] with
    {
        Steps = [.. rounds.SelectMany(round => round.Steps)],
        Silent = [.. rounds.SelectMany(round => round.Silent)],
        SentBytes = rounds.Average(round => round.SentBytes),
    };
}
