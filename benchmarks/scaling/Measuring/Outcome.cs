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
    public required double TokensPerSecond { get; init; }
    public required double SentBytes { get; init; }
    public required long GradientBytes { get; init; }
    public required long NumParameters { get; init; }

    /// <summary>The share of the reductions' time that backward hid.</summary>
    public double HiddenShare => Reducing > 0 ? Math.Clamp(1 - (Exposed / Reducing), 0, 1) : double.NaN;

    public static Outcome Of(Case measured, Workload work, IReadOnlyList<RankReport> reports)
    {
        double Middle(Func<StepSample, double> part) => reports.Average(report => Efficiency.Median(report.Steps.Select(part)));
        var step = Middle(sample => sample.Total);
        return new Outcome
        {
            Case = measured,
            Step = step,
            Backward = Middle(sample => sample.Backward),
            Reducing = Middle(sample => sample.Reducing),
            Exposed = Middle(sample => sample.Exposed),
            Processor = reports.Average(report => report.ProcessorSeconds),
            TokensPerSecond = measured.Processes * measured.Batches * work.Sequences * (work.Length - 1) / step,
            SentBytes = reports.Average(report => report.SentBytes),
            GradientBytes = reports[0].GradientBytes,
            NumParameters = reports[0].NumParameters,
        };
    }
}
