namespace Lhts.Telemetry.Report.Plots;

/// <summary>An axis: its range, its round values, and where they stand.</summary>
internal sealed class Ticks
{
    private readonly double start, end;

    /// <param name="low">The lowest value to be shown.</param>
    /// <param name="high">The highest one.</param>
    /// <param name="start">Where the low end stands, in pixels.</param>
    /// <param name="end">Where the high end stands.</param>
    /// <param name="numWanted">About how many round values.</param>
    public Ticks(double low, double high, double start, double end, int numWanted)
    {
        (this.start, this.end) = (start, end);
        (Low, High) = (low, high);
        var rough = (high - low) / numWanted;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = ((double[])[1, 2, 5, 10]).First(factor => factor * power >= rough * 0.999) * power;
        Decimals = Math.Max(0, (int)-Math.Floor(Math.Log10(step) + 1e-9));
        Values = [.. Enumerable.Range(0, (2 * numWanted) + 4).Select(i => (Math.Ceiling(low / step) + i) * step).Where(value => value <= high + (1e-9 * step))];
    }

    public double Low { get; }

    public double High { get; }

    public IReadOnlyList<double> Values { get; }

    public int Decimals { get; }

    public double At(double value) => start + ((value - Low) / (High - Low) * (end - start));

    /// <summary>The range of values with room on both sides; a single value has some too.</summary>
    public static (double Low, double High) RangeOf(IReadOnlyCollection<double> values, double room)
    {
        var (low, high) = (values.Min(), values.Max());
        var pad = Math.Max(room * (high - low), Math.Max(0.02, 0.02 * Math.Abs(high)));
        return (low - pad, high + pad);
    }
}
