using System.Text.Json;

namespace Lhts.Telemetry;

/// <summary>
/// One step, or the samples of an evaluation after a step, as a JSON object. Times are in seconds; what was not measured is left out; JSON
/// has no number for infinities and NaN, so they
/// are
/// strings ("NaN", "Infinity", "-Infinity").
/// </summary>
internal static class StepFiguresJson
{
    public const string Stage = "stage";
    public const string Step = "step";

    private static readonly JsonEncodedText[] PhaseNames =
        [.. Enum.GetNames<StepPhase>().Select(name => JsonEncodedText.Encode(JsonNamingPolicy.CamelCase.ConvertName(name)))];

    public static void Write(Utf8JsonWriter json, in StepFigures figures)
    {
        json.WriteStartObject();
        json.WriteString(Stage, figures.Stage);
        json.WriteNumber(Step, figures.Step);
        WriteNumber(json, "epoch", figures.Epoch);
        for (var group = 0; group < figures.Figures.Groups.Count; group++)
        {
            if (figures.Figures.Groups[group].Name.Length == 0) WriteGroup(json, figures.Figures, group);
        }

        WriteNumber(json, "learningRate", figures.LearningRate);
        WriteNumber(json, "gradientNorm", figures.GradientNorm);
        json.WriteNumber("realTokens", figures.RealTokens);
        json.WriteNumber("paddingTokens", figures.PaddingTokens);
        WriteNumber(json, "tokensPerSecond", figures.TokensPerSecond);
        if (figures.DrawnTokensPerSecond is { } drawn) WriteNumber(json, "drawnTokensPerSecond", drawn);
        if (figures.Skipped) json.WriteBoolean("skipped", true);
        for (var group = 0; group < figures.Figures.Groups.Count; group++)
        {
            if (figures.Figures.Groups[group].Name is { Length: > 0 }) WriteGroup(json, figures.Figures, group);
        }

        for (var source = 0; source < figures.Figures.Sources.Count; source++) WriteSource(json, figures.Figures, source);
        if (figures.QueuedBatches is { } queued) json.WriteNumber("queuedBatches", queued);
        WriteNumber(json, "mfu", figures.Mfu);
        if (figures.LiveTensors is { } live) json.WriteNumber("liveTensors", live);
        if (figures.Memory is { } memory) WriteMemory(json, memory);
        WriteTimes(json, figures.Times);
        json.WriteEndObject();
    }

    private static void WriteMemory(Utf8JsonWriter json, in MemoryFigures memory)
    {
        json.WriteStartObject("memory");
        json.WriteNumber("allocated", memory.Allocated);
        json.WriteNumber("peak", memory.Peak);
        if (memory.Reserved is { } reserved) json.WriteNumber("reserved", reserved);
        json.WriteEndObject();
    }

    /// <summary>The figures of one object, or of the line itself; an object of which none was measured is left out.</summary>
    private static void WriteGroup(Utf8JsonWriter json, RecordedFigures figures, int group)
    {
        var (name, members) = figures.Groups[group];
        var isOpen = name.Length == 0;
        for (var i = 0; i < members.Count; i++)
        {
            if (figures[members[i]] is not { } value) continue;
            if (!isOpen) json.WriteStartObject(name);
            isOpen = true;
            WriteNumber(json, figures.Keys[members[i]], value);
        }

        if (isOpen && name.Length > 0) json.WriteEndObject();
    }

    private static void WriteSource(Utf8JsonWriter json, RecordedFigures figures, int source)
    {
        var isOpen = false;
        for (var i = 0; i < figures.OfSource.Count; i++)
        {
            var figure = figures.OfSource[i];
            if (figures[figure, source] is not { } value) continue;
            if (!isOpen) json.WriteStartObject(figures.Sources[source].Key);
            isOpen = true;
            WriteNumber(json, figures.Keys[figure], value);
        }

        if (isOpen) json.WriteEndObject();
    }

    private static void WriteTimes(Utf8JsonWriter json, in StepTimes times)
    {
        json.WriteNumber("seconds", times.Total.TotalSeconds);
        json.WriteStartObject("phaseSeconds");
        for (var phase = 0; phase < PhaseNames.Length; phase++)
        {
            var duration = times[(StepPhase)phase];
            if (duration > TimeSpan.Zero) json.WriteNumber(PhaseNames[phase], duration.TotalSeconds);
        }

        json.WriteEndObject();
    }

    public static void WriteSamples(Utf8JsonWriter json, string stage, long step, in SampleFigures figures)
    {
        json.WriteStartObject();
        json.WriteString(Stage, stage);
        json.WriteNumber(Step, step);
        json.WriteStartObject("samples");
        json.WriteString("model", (string)Labels.Models[(int)figures.Model]);
        WriteNumber(json, "temperature", figures.Temperature);
        WriteNumber(json, "logLikelihood", figures.LogLikelihood);
        WriteList(json, "distinct", figures.Distinct);
        WriteList(json, "repetition", figures.Repetition);
        WriteList(json, "entropy", figures.Entropy);
        WriteNumber(json, "selfBleu", figures.SelfBleu);
        WriteNumber(json, "effectiveTemperature", figures.EffectiveTemperature);
        WriteNumber(json, "effectiveTemperatureError", figures.EffectiveTemperatureError);
        WriteNumber(json, "myopicTemperature", figures.MyopicTemperature);
        WriteNumber(json, "entropyPerToken", figures.EntropyPerToken);
        WriteNumber(json, "freeEnergy", figures.FreeEnergy);
        WriteNumber(json, "gain", figures.Gain);
        WriteNumber(json, "gainError", figures.GainError);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<double> values)
    {
        if (values.Count == 0) return;
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            if (double.IsFinite(value)) json.WriteNumberValue(value);
            else json.WriteNullValue();
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is not { } number) return;
        if (double.IsFinite(number)) json.WriteNumber(name, number);
        else json.WriteString(name, double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
    }
}
