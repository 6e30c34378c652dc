using System.Text.Json;

namespace Lhts.Telemetry.Report;

/// <summary>The lines of a metrics file as JSON objects.</summary>
internal static class MetricsLines
{
    /// <summary>Reads a file. Lines that cannot be read, such as one that is being written, are passed over.</summary>
    public static IEnumerable<JsonElement> Read(string path)
    {
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (file.ReadLine() is { } line)
        {
            if (Parse(line) is { ValueKind: JsonValueKind.Object } json) yield return json;
        }
    }

    /// <summary>A figure, or null when it is not there; the strings for figures that are not finite count as NaN.</summary>
    public static double? Number(JsonElement json, string key)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(key, out var value)) return null;
        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
    }

    private static JsonElement? Parse(string line)
    {
        try
        {
            return JsonElement.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
