using System.Collections.Concurrent;
using System.Globalization;

namespace Lhts.Telemetry;

/// <summary>
/// Temperatures as label values, bounded in number: a temperature is rounded to two decimals, and one that comes after so many others is
/// "other", since each value is a series in Prometheus for ever. Does not allocate for a value that was seen before.
/// </summary>
internal sealed class TemperatureLabels
{
    /// <summary>The label of all temperatures together.</summary>
    public const string All = "all";

    /// <summary>The label of those beyond the bound.</summary>
    public const string Other = "other";

    /// <summary>Grids of temperatures have ten or twenty values.</summary>
    public const int MaxValues = 32;

    private const double Decimals = 100;

    private readonly ConcurrentDictionary<long, string> _labels = new();

    /// <summary>The label of a temperature.</summary>
    public string Of(double temperature)
    {
        if (!double.IsFinite(temperature) || Math.Abs(temperature) >= long.MaxValue / Decimals) return Other;
        var rounded = (long)Math.Round(temperature * Decimals);
        if (_labels.TryGetValue(rounded, out var label)) return label;
        return _labels.Count >= MaxValues ? Other : _labels.GetOrAdd(rounded, Spell);
    }

    private static string Spell(long rounded) => (rounded / Decimals).ToString("0.##", CultureInfo.InvariantCulture);
}
