using System.Text.Json.Serialization;

namespace Lhts.Evaluation.Grid;

/// <summary>A figure with its 95 % bootstrap interval (percentiles).</summary>
/// <param name="Value">The figure.</param>
/// <param name="Low">Lower bound.</param>
/// <param name="High">Upper bound.</param>
public readonly record struct Estimate(double Value, double Low, double High)
{
    private const double Tail = 0.025;

    /// <summary>The whole interval is above zero.</summary>
    [JsonIgnore]
    public bool IsAboveZero => Low > 0;

    /// <summary>The whole interval is below zero.</summary>
    [JsonIgnore]
    public bool IsBelowZero => High < 0;

    /// <summary>A figure with the interval that its resamples give. A resample without a value (NaN) counts as lower than any other.</summary>
    public static Estimate Of(double value, IEnumerable<double> resamples)
    {
        double[] sorted = [.. resamples.Select(resample => double.IsNaN(resample) ? double.NegativeInfinity : resample).Order()];
        var last = sorted.Length - 1;
        return new Estimate(value, sorted[(int)Math.Floor(Tail * last)], sorted[(int)Math.Ceiling((1 - Tail) * last)]);
    }
}
