using System.Text.Json;
using static Lhts.Telemetry.Report.MetricsLines;

namespace Lhts.Telemetry.Report;

/// <summary>What the evaluations during the training found for one model and temperature.</summary>
/// <param name="Model">The model's label.</param>
/// <param name="Temperature">The temperature.</param>
/// <param name="Points">Step, log-likelihood per token and distinct-2 (NaN where not measured), in the order of the steps.</param>
internal sealed record SampleCurve(
    string Model, double Temperature, IReadOnlyList<(double Step, double LogLikelihood, double Distinct)> Points)
{
    /// <summary>Reads the evaluations of a metrics file.</summary>
    public static IReadOnlyList<SampleCurve> Read(string path)
    {
        var found =
            from line in MetricsLines.Read(path)
            where line.TryGetProperty("samples", out _)
            let samples = line.GetProperty("samples")
            let point = (Number(line, StepFiguresJson.Step) ?? 0, Number(samples, "logLikelihood") ?? double.NaN, Distinct(samples))
            group point by (Model: samples.GetProperty("model").GetString()!, Temperature: Number(samples, "temperature") ?? double.NaN);
        return [.. found.Select(points => new SampleCurve(points.Key.Model, points.Key.Temperature, [.. points]))];
    }

    private static double Distinct(JsonElement samples)
    {
        var isThere = samples.TryGetProperty("distinct", out var distinct) && distinct.GetArrayLength() > 1;
        return isThere && distinct[1].ValueKind == JsonValueKind.Number ? distinct[1].GetDouble() : double.NaN;
    }
}
