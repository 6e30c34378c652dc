using System.Text;
using System.Text.Json;

namespace Lhts.Telemetry.Report;

/// <summary>The data of a report as JSON that may stand within an HTML page: the default encoder escapes every angle bracket.</summary>
internal static class ReportJson
{
    /// <summary>Six digits are more than a plot can show.</summary>
    private const int Digits = 6;

    public static string Write(IEnumerable<RunFiles> runs)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("runs");
            foreach (var run in runs) WriteRun(json, run);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void WriteRun(Utf8JsonWriter json, RunFiles run)
    {
        json.WriteStartObject();
        json.WriteString("name", run.Name);
        json.WriteString("recipe", run.Recipe);
        json.WriteStartObject("stages");
        foreach (var stage in run.Stages) WriteStage(json, stage);
        json.WriteEndObject();
        if (run.Table is { } table)
        {
            json.WritePropertyName("table");
            table.WriteTo(json);
        }

        json.WriteStartArray("samples");
        foreach (var sample in run.Samples)
        {
            json.WriteStartObject();
            json.WriteString("heading", sample.Heading);
            json.WriteString("text", sample.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteStage(Utf8JsonWriter json, StageCurves stage)
    {
        json.WriteStartObject(stage.Stage);
        json.WriteStartObject("totals");
        json.WriteNumber("steps", stage.NumSteps);
        json.WriteNumber("nonFiniteLosses", stage.NumNonFiniteLosses);
        WriteNumber(json, "lastLoss", stage.LastLoss);
        foreach (var (key, value) in stage.Sums) WriteNumber(json, key, value);
        json.WriteStartObject("phaseSeconds");
        foreach (var (phase, seconds) in stage.PhaseSeconds) WriteNumber(json, phase, seconds);
        json.WriteEndObject();
        json.WriteEndObject();

        json.WriteStartObject("curves");
        foreach (var (key, values) in stage.Curves)
        {
            json.WritePropertyName(key);
            json.WriteStartArray();
            foreach (var value in values) WriteValue(json, value);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string key, double value)
    {
        json.WritePropertyName(key);
        WriteValue(json, value);
    }

    private static void WriteValue(Utf8JsonWriter json, double value)
    {
        if (!double.IsFinite(value)) json.WriteNullValue();
        else json.WriteRawValue(value.ToString(Math.Abs(value) < 1e9 && value == Math.Floor(value) ? "R" : "G" + Digits, System.Globalization.CultureInfo.InvariantCulture));
    }
}
