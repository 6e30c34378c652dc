using Lhts.Objectives;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Recipes;

/// <summary>The temperatures that a student learns: a list to draw from evenly, or a range to draw from uniformly.</summary>
/// <param name="Values">The list, or null for a range.</param>
/// <param name="Min">The range's lower end.</param>
/// <param name="Max">The range's upper end.</param>
public sealed record Temperatures(IReadOnlyList<double>? Values, double Min, double Max)
{
    // Wide enough that a bin's running mean has many sequences behind it, narrow beside the loss's change with T.
    private const int BinsOfARange = 16;

    /// <summary>One temperature or several.</summary>
    public static Temperatures Of(params IReadOnlyList<double> values) => new(values, values.Min(), values.Max());

    /// <summary>All temperatures between two.</summary>
    public static Temperatures Between(double min, double max) => new(null, min, max);

    /// <summary>True where there is only one.</summary>
    public bool IsSingle => Min == Max;

    /// <summary>The temperature at a place, <paramref name="uniform"/> in [0, 1).</summary>
    public double At(double uniform) => Values is null ? Min + ((Max - Min) * uniform) : Values[(int)(uniform * Values.Count)];

    /// <summary>Which of them share a running mean of the loss.</summary>
    public TemperatureBins Bins => Values is null ? TemperatureBins.OfRange(Min, Max, BinsOfARange) : TemperatureBins.OfList(Values);

    /// <summary>The temperature that stands for each of the <see cref="Bins"/>: its own in a list, the middle of its part of a range.</summary>
    public IReadOnlyList<double> BinCentres => Values is null
        ? [.. Enumerable.Range(0, BinsOfARange).Select(bin => Min + ((Max - Min) * (bin + 0.5) / BinsOfARange))]
        : [.. Values.Distinct().Order()];

    /// <summary>Equal when all members are, the values one by one.</summary>
    public bool Equals(Temperatures? other) =>
        other is not null && Min == other.Min && Max == other.Max && (Values ?? []).SequenceEqual(other.Values ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Min, Max);
}

/// <summary>The ends of a range of temperatures.</summary>
public sealed record TemperatureRange
{
    /// <summary>The lower end.</summary>
    public required double Min { get; init; }

    /// <summary>The upper end.</summary>
    public required double Max { get; init; }
}

/// <summary>Reads temperatures as a number, a list or a range.</summary>
public sealed class TemperaturesConverter : YamlConverter<Temperatures>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type> Forms => [typeof(double), typeof(double[]), typeof(TemperatureRange)];

    /// <inheritdoc/>
    protected override bool TryRead(YamlNode node, YamlContext context, out Temperatures value)
    {
        value = Temperatures.Of(1);
        switch (node)
        {
            case YamlMapping:
                if (!context.TryBind<TemperatureRange>(node, out var range)) return false;
                value = Temperatures.Between(range!.Min, range.Max);
                return true;
            case YamlSequence { Items.Count: 0 }:
                context.Refuse(node, "at least one temperature");
                return false;
            case YamlSequence:
                if (!context.TryBind<double[]>(node, out var values)) return false;
                value = Temperatures.Of(values!);
                return true;
            default:
                if (!context.TryBind<double>(node, out var single)) return false;
                value = Temperatures.Of(single);
                return true;
        }
    }

    /// <inheritdoc/>
    protected override object? Write(Temperatures value) => value switch
    {
        { Values: null } => new TemperatureRange { Min = value.Min, Max = value.Max },
        { Values.Count: 1 } => value.Values[0],
        _ => value.Values,
    };
}
