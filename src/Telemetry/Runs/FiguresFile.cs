using System.Text.Json;

namespace Lhts.Telemetry;

/// <summary>The declarations of a stage's figures beside its results, so that a report can draw them whatever they are.</summary>
public static class FiguresFile
{
    /// <summary>The usual name of the file in a stage's folder.</summary>
    public const string FileName = "figures.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The curves of the figures that have one, as JSON.</summary>
    public static byte[] Write(IEnumerable<FigureDeclaration> figures) => JsonSerializer.SerializeToUtf8Bytes(
        figures.Where(figure => figure.Curve is not null).Select(figure => new DrawnFigure(figure.Key, figure.Curve!)), Json);

    /// <summary>Reads the curves of a file; empty when it is not there or cannot be read.</summary>
    internal static IReadOnlyList<DrawnFigure> Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<DrawnFigure[]>(File.ReadAllBytes(path), Json) ?? [] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}

/// <summary>A figure that has a curve.</summary>
/// <param name="Key">Its name in metrics.jsonl.</param>
/// <param name="Curve">The curve.</param>
internal sealed record DrawnFigure(string Key, FigureCurve Curve);
