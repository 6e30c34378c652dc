using System.Text.Json;
using static Lhts.Telemetry.Report.MetricsLines;

namespace Lhts.Telemetry.Report;

/// <summary>A figure with its standard error.</summary>
internal readonly record struct ReportFigure(double Value, double Error);

/// <summary>A row of evaluation/table.json, as far as verdict and plots need it.</summary>
/// <param name="IsTeacher">Whether the teacher drew the samples.</param>
/// <param name="Temperature">The long-horizon temperature of a student, the myopic one of the teacher.</param>
/// <param name="LogLikelihood">In nats a token.</param>
/// <param name="Entropy">In nats a token.</param>
/// <param name="Gain">In nats a sequence.</param>
/// <param name="BestMyopic">The myopic temperature that the gain compares with.</param>
/// <param name="Effective">The effective temperature.</param>
/// <param name="GapClosed">Share of the best myopic temperature's divergence that the student takes away.</param>
internal sealed record ReportRow(
    bool IsTeacher,
    double Temperature,
    ReportFigure LogLikelihood,
    ReportFigure? Entropy,
    ReportFigure? Gain,
    double? BestMyopic,
    ReportFigure? Effective,
    ReportFigure? GapClosed);

/// <summary>A point in the plane of likelihood and entropy, both in nats a token.</summary>
internal readonly record struct ReportPoint(double Temperature, double LogLikelihood, double Entropy);

/// <summary>What a report draws of evaluation/table.json. Figures that are not there or not finite are left out.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="MyopicCurve">The teacher over its myopic temperatures.</param>
/// <param name="References">p_T itself.</param>
internal sealed record TableRows(IReadOnlyList<ReportRow> Rows, IReadOnlyList<ReportPoint> MyopicCurve, IReadOnlyList<ReportPoint> References)
{
    public static TableRows Read(JsonElement? table) =>
        table is { } json
            ? new([.. List(json, "rows").Select(Row).OfType<ReportRow>()], Points(json, "myopicCurve"), Points(json, "references"))
            : new([], [], []);

    private static ReportRow? Row(JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty("source", out var source)) return null;
        var isTeacher = source.ValueEquals("teacher");
        var temperature = isTeacher ? Known(row, "myopicTemperature") : Known(row, "longHorizonTemperature") ?? Known(row, "myopicTemperature");
        if (temperature is not { } known || Figure(row, "likelihood", "perToken", "perTokenError") is not { } likelihood) return null;
        return new(
            isTeacher, known, likelihood, Figure(row, "entropy", "perToken", "standardError"), Figure(row, "gain"),
            Known(row, "bestMyopicTemperature"), Figure(row, "effectiveTemperature"), Figure(row, "gapClosed"));
    }

    private static ReportPoint[] Points(JsonElement json, string key) =>
        [.. List(json, key).Select(point => new ReportPoint(
            Number(point, "temperature") ?? double.NaN, Number(point, "logLikelihood") ?? double.NaN, Number(point, "entropy") ?? double.NaN))
            .Where(point => double.IsFinite(point.LogLikelihood + point.Entropy))];

    private static ReportFigure? Figure(JsonElement row, string key, string value = "value", string error = "standardError")
    {
        if (!row.TryGetProperty(key, out var figure) || figure.ValueKind != JsonValueKind.Object) return null;
        return Known(figure, value) is { } number ? new(number, Known(figure, error) ?? 0) : null;
    }

    private static double? Known(JsonElement json, string key) => Number(json, key) is { } number && double.IsFinite(number) ? number : null;

    private static IEnumerable<JsonElement> List(JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}
