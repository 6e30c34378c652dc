using System.Text;

namespace Lhts.Telemetry.Prometheus;

/// <summary>
/// From OpenTelemetry's names to Prometheus' names, by the OpenTelemetry specification ("Prometheus and OpenMetrics Compatibility"): what
/// Prometheus does not allow becomes one underscore, a number does not come first.
/// </summary>
internal static class PrometheusNames
{
    /// <summary>
    /// The name of a metric family, with its unit as the last word and without <c>_total</c>: OpenMetrics puts that on the samples only.
    /// </summary>
    /// <param name="name">The instrument's name.</param>
    /// <param name="unit">The unit's word from <see cref="PrometheusUnits"/>, or null.</param>
    /// <param name="isCounter">Whether <c>_total</c> belongs to the samples.</param>
    public static string Family(string name, string? unit, bool isCounter)
    {
        var family = Clean(name, allowColon: true);
        if (isCounter) family = CutTotal(family);
        if (unit is not null && family != unit && !family.EndsWith("_" + unit, StringComparison.Ordinal)) family += "_" + unit;
        return family;
    }

    /// <summary>The name of a label. Two leading underscores are Prometheus' own and cannot come out of here.</summary>
    public static string Label(string key) => Clean(key, allowColon: false);

    private static string CutTotal(string family)
    {
        while (family.EndsWith("_total", StringComparison.Ordinal)) family = family[..^"_total".Length];
        return family.Length == 0 ? "_" : family;
    }

    private static string Clean(string name, bool allowColon)
    {
        var clean = new StringBuilder(name.Length + 1);
        foreach (var character in name)
        {
            var allowed = char.IsAsciiLetterOrDigit(character) || (allowColon && character == ':');
            if (clean.Length == 0 && char.IsAsciiDigit(character)) clean.Append('_');
            if (allowed) clean.Append(character);
            else if (clean.Length == 0 || clean[^1] != '_') clean.Append('_');
        }

        return clean.Length == 0 ? "_" : clean.ToString();
    }
}
