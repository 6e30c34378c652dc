using System.Text.Json;
using static Lhts.Telemetry.Report.MetricsLines;

namespace Lhts.Telemetry.Report;

/// <summary>A method of evaluation/task.json, as far as the plot needs it.</summary>
/// <param name="Kind">greedy, myopic, student, powerSmc, bestOf or majority.</param>
/// <param name="Temperature">Myopic or long-horizon.</param>
/// <param name="NumDraws">Texts that are drawn for one answer.</param>
/// <param name="TokensPerAnswer">Tokens through a model for one answer.</param>
/// <param name="Accuracy">Share of right answers, with its standard error.</param>
internal sealed record TaskMethodRow(string Kind, double Temperature, double NumDraws, double TokensPerAnswer, ReportFigure Accuracy);

/// <summary>Reads evaluation/task.json. Rows that cannot be read are left out.</summary>
internal static class TaskRows
{
    public static IReadOnlyList<TaskMethodRow> Read(JsonElement? table) =>
        table is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("rows", out var rows) && rows.ValueKind == JsonValueKind.Array
            ? [.. rows.EnumerateArray().Select(Row).OfType<TaskMethodRow>()]
            : [];

    private static TaskMethodRow? Row(JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty("method", out var method) || !row.TryGetProperty("accuracy", out var accuracy))
        {
            return null;
        }

        if (method.ValueKind != JsonValueKind.Object || !method.TryGetProperty("kind", out var kind) || kind.ValueKind != JsonValueKind.String) return null;
        var figure = new ReportFigure(Number(accuracy, "value") ?? double.NaN, Number(row, "standardError") ?? 0);
        var read = new TaskMethodRow(
            kind.GetString()!, Number(method, "temperature") ?? double.NaN, Number(method, "numDraws") ?? double.NaN,
            Number(row, "tokensPerAnswer") ?? double.NaN, figure);
        return double.IsFinite(read.TokensPerAnswer + read.NumDraws + read.Temperature + figure.Value + figure.Error) && read.TokensPerAnswer > 0 ? read : null;
    }
}
