namespace Lhts.Evaluation;

/// <summary>A figure that was measured.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="StandardError">Its standard error; <see cref="double.NaN"/> where one draw alone was made.</param>
public sealed record Figure(double Value, double StandardError)
{
    /// <summary>The mean of independent draws; <see cref="double.NaN"/> without any.</summary>
    public static Figure MeanOf(IReadOnlyCollection<double> draws)
    {
        if (draws.Count == 0) return new(double.NaN, double.NaN);
        var mean = draws.Average();
        var squares = draws.Sum(draw => (draw - mean) * (draw - mean));
        return new(mean, draws.Count < 2 ? double.NaN : Math.Sqrt(squares / (draws.Count - 1) / draws.Count));
    }

    /// <summary>The difference to a figure that was measured on other draws.</summary>
    public Figure Minus(Figure other) => new(Value - other.Value, double.Hypot(StandardError, other.StandardError));
}
