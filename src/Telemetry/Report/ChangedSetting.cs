using System.Text.Json;

namespace Lhts.Telemetry.Report;

/// <summary>A setting that was changed when a stage was taken up again.</summary>
/// <param name="Step">From which step on it holds.</param>
/// <param name="Key">The recipe's key.</param>
/// <param name="Was">Its value before.</param>
/// <param name="Is">Its value from then on.</param>
internal sealed record ChangedSetting(long Step, string Key, string Was, string Is)
{
    private const string FileName = "changes.jsonl";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>The stage.</summary>
    public string Stage { get; init; } = "";

    /// <summary>Reads changes.jsonl of each stage; a line that cannot be read is left out.</summary>
    public static IReadOnlyList<ChangedSetting> Read(string folder) =>
    [
        .. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Reverse() // the teacher before the student
            .Where(stage => File.Exists(Path.Combine(stage, FileName)))
            .SelectMany(stage => File.ReadLines(Path.Combine(stage, FileName)).Select(Parse).OfType<ChangedSetting>()
                .Select(change => change with { Stage = Path.GetFileName(stage) })),
    ];

    private static ChangedSetting? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<ChangedSetting>(line, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
