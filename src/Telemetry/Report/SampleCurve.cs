using System.Text.Json;
using static Lhts.Telemetry.Report.MetricsLines;

namespace Lhts.Telemetry.Report;

/// <summary>What the evaluations during the training found for one model and temperature.</summary>
/// <param name="Model">The model's label.</param>
/// <param name="Temperature">The temperature.</param>
/// <param name="Points">The evaluations in the order of the steps.</param>
internal sealed record SampleCurve(string Model, double Temperature, IReadOnlyList<SampleCurve.Point> Points)
{
    /// <summary>Reads the evaluations of a metrics file.</summary>
    public static IReadOnlyList<SampleCurve> Read(string path)
    {
        var found =
            from line in MetricsLines.Read(path)
            where line.TryGetProperty("samples", out _)
            let samples = line.GetProperty("samples")
            let point = new Point(
                Number(line, StepFiguresJson.Step) ?? 0, Of(samples, "logLikelihood"), Distinct(samples), Of(samples, "entropyPerToken"), Of(samples, "gain"))
            group point by (Model: samples.GetProperty("model").GetString()!, Temperature: Number(samples, "temperature") ?? double.NaN);
        return [.. found.Select(points => new SampleCurve(points.Key.Model, points.Key.Temperature, [.. points]))];
    }

    private static double Of(JsonElement samples, string key) => Number(samples, key) ?? double.NaN;

    private static double Distinct(JsonElement samples)
    {
        var isThere = samples.TryGetProperty("distinct", out var distinct) && distinct.GetArrayLength() > 1;
        return isThere && distinct[1].ValueKind == JsonValueKind.Number ? distinct[1].GetDouble() : double.NaN;
    }

    /// <summary>What one evaluation found; NaN where it was not measured.</summary>
    /// <param name="Step">The student's step.</param>
    /// <param name="LogLikelihood">In nats per token.</param>
    /// <param name="Distinct">distinct-2.</param>
    /// <param name="Entropy">In nats per token.</param>
    /// <param name="Gain">In nats a sequence.</param>
    internal readonly record struct Point(double Step, double LogLikelihood, double Distinct, double Entropy, double Gain);
}
