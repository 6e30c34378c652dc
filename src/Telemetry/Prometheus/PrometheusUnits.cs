using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Lhts.Telemetry.Prometheus;

/// <summary>
/// From UCUM units to the words that end a Prometheus name: <c>s</c> is "seconds", <c>By/s</c> is "bytes_per_second", an annotation such as
/// <c>{token}</c> is nothing, <c>1</c> is "ratio" for gauges (OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility").
/// </summary>
internal static partial class PrometheusUnits
{
    private static readonly FrozenDictionary<string, string> Words = new Dictionary<string, string>
    {
        ["d"] = "days", ["h"] = "hours", ["min"] = "minutes", ["s"] = "seconds",
        ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["GiBy"] = "gibibytes", ["TiBy"] = "tebibytes",
        ["KBy"] = "kilobytes", ["kBy"] = "kilobytes", ["MBy"] = "megabytes", ["GBy"] = "gigabytes", ["TBy"] = "terabytes",
        ["m"] = "meters", ["V"] = "volts", ["A"] = "amperes", ["J"] = "joules", ["W"] = "watts", ["g"] = "grams",
        ["Cel"] = "celsius", ["Hz"] = "hertz", ["%"] = "percent", ["$"] = "dollars",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> PerWords = new Dictionary<string, string>
    {
        ["s"] = "second", ["m"] = "minute", ["min"] = "minute", ["h"] = "hour", ["d"] = "day", ["w"] = "week", ["mo"] = "month",
        ["y"] = "year",
    }.ToFrozenDictionary();

    /// <summary>The word for a unit, or null when the name gets none.</summary>
    public static string? Word(string? unit, bool isGauge)
    {
        if (string.IsNullOrWhiteSpace(unit)) return null;
        if (unit == "1") return isGauge ? "ratio" : null;

        var bare = Annotation().Replace(unit, "").Trim();
        var slash = bare.IndexOf('/', StringComparison.Ordinal);
        var above = slash < 0 ? bare : bare[..slash];
        var below = slash < 0 ? "" : bare[(slash + 1)..];

        var word = above.Length == 0 || above == "1" ? "" : Words.GetValueOrDefault(above, above);
        if (below.Length > 0) word = $"{word}_per_{PerWords.GetValueOrDefault(below, below)}";
        return Tidy(word);
    }

    /// <summary>A unit that has no word of its own keeps its letters and digits.</summary>
    private static string? Tidy(string word)
    {
        var clean = NotAllowed().Replace(word, "_").Trim('_');
        return clean.Length == 0 ? null : clean;
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Annotation();

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NotAllowed();
}
