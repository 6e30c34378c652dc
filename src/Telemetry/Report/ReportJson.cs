using System.Globalization;
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
        json.WriteStartArray("evaluations");
        foreach (var curve in run.Evaluations) WriteEvaluation(json, curve);
        json.WriteEndArray();
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
        json.WriteStartArray("changes");
        foreach (var change in run.Changes) WriteChange(json, change);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteChange(Utf8JsonWriter json, ChangedSetting change)
    {
        json.WriteStartObject();
        json.WriteString("stage", change.Stage);
        json.WriteNumber("step", change.Step);
        json.WriteString("key", change.Key);
        json.WriteString("was", change.Was);
        json.WriteString("is", change.Is);
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

        json.WriteStartArray("figures");
        foreach (var figure in stage.Figures) WriteFigure(json, figure);
        json.WriteEndArray();
        json.WriteStartObject("curves");
        foreach (var (key, values) in stage.Curves) WriteList(json, key, values);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFigure(Utf8JsonWriter json, DrawnFigure figure)
    {
        json.WriteStartObject();
        json.WriteString("key", figure.Key);
        json.WriteString("plot", figure.Curve.Plot);
        json.WriteString("sentence", figure.Curve.Sentence);
        json.WriteString("legend", figure.Curve.Legend);
        if (figure.Curve.Range is { } range) WriteList(json, "range", range);
        json.WriteEndObject();
    }

    private static void WriteEvaluation(Utf8JsonWriter json, SampleCurve curve)
    {
        json.WriteStartObject();
        json.WriteString("model", curve.Model);
        WriteNumber(json, "temperature", curve.Temperature);
        WriteList(json, "step", curve.Points.Select(point => point.Step));
        WriteList(json, "logLikelihood", curve.Points.Select(point => point.LogLikelihood));
        WriteList(json, "distinct2", curve.Points.Select(point => point.Distinct));
        WriteList(json, "entropyPerToken", curve.Points.Select(point => point.Entropy));
        WriteList(json, "gain", curve.Points.Select(point => point.Gain));
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string key, IEnumerable<double> values)
    {
        json.WritePropertyName(key);
        json.WriteStartArray();
        foreach (var value in values) WriteValue(json, value);
        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string key, double value)
    {
        json.WritePropertyName(key);
        WriteValue(json, value);
    }

    private static void WriteValue(Utf8JsonWriter json, double value)
    {
        if (!double.IsFinite(value))
        {
            json.WriteNullValue();
            return;
        }

        // Whole numbers, such as steps, are kept as they are.
        var format = value == Math.Floor(value) ? "R" : "G" + Digits;
        json.WriteRawValue(value.ToString(format, CultureInfo.InvariantCulture));
    }
}
