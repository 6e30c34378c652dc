namespace Lhts.Scaling.Benchmarks.Measuring;

/// <summary>A step as a rank has measured it, in seconds.</summary>
internal sealed record StepSample(double Total, double Backward, double Reducing, double Exposed);

/// <summary>What a rank has measured.</summary>
/// <param name="Steps">One by one.</param>
/// <param name="ProcessorSeconds">Of all its threads, for one step.</param>
/// <param name="GradientBytes">What a step's reductions sum; 0 for a rank alone.</param>
/// <param name="SentBytes">What left its network interface in one step; 0 where it was not counted.</param>
/// <param name="NumParameters">Numbers in the model.</param>
internal sealed record RankReport(IReadOnlyList<StepSample> Steps, double ProcessorSeconds, long GradientBytes, double SentBytes, long NumParameters)
{
    /// <summary>The same process's reports of several rounds as one.</summary>
    public static RankReport Together(IReadOnlyList<RankReport> rounds) => rounds[0] with
    {
        Steps = [.. rounds.SelectMany(round => round.Steps)],
        ProcessorSeconds = rounds.Average(round => round.ProcessorSeconds),
        SentBytes = rounds.Average(round => round.SentBytes),
    };
}
