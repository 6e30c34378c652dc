using Lhts.Scaling.Benchmarks.Model;

namespace Lhts.Scaling.Benchmarks.Measuring;

/// <summary>What a case came to: medians over steps, means over ranks; seconds, and bytes of one rank and step.</summary>
internal sealed record Outcome
{
    public required Case Case { get; init; }
    public required double Step { get; init; }
    public required double Backward { get; init; }
    public required double Reducing { get; init; }
    public required double Exposed { get; init; }
    public required double Processor { get; init; }

    /// <summary>
    /// The step, its backward pass and its processor time where the same processes told each other nothing; not a number for a process alone.
    /// </summary>
    public required (double Step, double Backward, double Processor) Silent { get; init; }
    public required double TokensPerSecond { get; init; }
    public required double SentBytes { get; init; }
    public required long GradientBytes { get; init; }
    public required long NumParameters { get; init; }

    /// <summary>The share of a step with communication that one without takes.</summary>
    public double Kept => Silent.Step / Step;

    /// <summary>The share of the reductions' time that backward hid.</summary>
    public double HiddenShare => Reducing > 0 ? Math.Clamp(1 - (Exposed / Reducing), 0, 1) : double.NaN;

    public static Outcome Of(Case measured, Workload work, IReadOnlyList<RankReport> reports)
    {
        double Median(IReadOnlyList<StepSample> steps, Func<StepSample, double> part) => steps.Count > 0 ? Efficiency.Median(steps.Select(part)) : double.NaN;
        double Middle(Func<StepSample, double> part) => reports.Average(report => Median(report.Steps, part));
        double Quiet(Func<StepSample, double> part) => reports.Average(report => Median(report.Silent, part));
        var step = Middle(sample => sample.Total);
        return new Outcome
        {
            Case = measured,
            Step = step,
            Backward = Middle(sample => sample.Backward),
            Reducing = Middle(sample => sample.Reducing),
            Exposed = Middle(sample => sample.Exposed),
            Processor = Middle(sample => sample.Processor),
            Silent = (Quiet(sample => sample.Total), Quiet(sample => sample.Backward), Quiet(sample => sample.Processor)),
            TokensPerSecond = measured.Processes * measured.Batches * work.Sequences * (work.Length - 1) / step,
            SentBytes = reports.Average(report => report.SentBytes),
            GradientBytes = reports[0].GradientBytes,
            NumParameters = reports[0].NumParameters,
        };
    }
}
