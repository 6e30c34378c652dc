using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lhts.Evaluation.Grid;

/// <summary>
/// The paper's test of a student that knows temperatures: likelihood and diversity over long-horizon and myopic temperature, beside the teacher's own
/// myopic curve, and what follows from them.
/// </summary>
/// <param name="Options">What was measured.</param>
/// <param name="Teacher">The teacher's points by rising myopic temperature.</param>
/// <param name="Student">The student's points by falling long-horizon, then rising myopic temperature.</param>
/// <param name="Steps">Neighbouring long-horizon temperatures at the highest myopic one, from the highest down.</param>
/// <param name="Whole">From the highest long-horizon temperature to the lowest, at the highest myopic one.</param>
public sealed record TemperatureGrid(
    GridOptions Options, IReadOnlyList<GridPoint> Teacher, IReadOnlyList<GridPoint> Student, IReadOnlyList<GridStep> Steps, GridStep Whole)
{
    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>The myopic temperature at which long-horizon temperatures are compared: the highest, 1 by default.</summary>
    [JsonIgnore]
    public double ComparedAt => Options.MyopicTemperatures.Max();

    /// <summary>Compares measured cells.</summary>
    /// <param name="options">What was measured.</param>
    /// <param name="cells">A cell for each of the options' keys.</param>
    public static TemperatureGrid Of(GridOptions options, IEnumerable<GridCell> cells)
    {
        var measured = cells.ToDictionary(cell => cell.Key);
        var resamples = measured.ToDictionary(pair => pair.Key, pair => CellResamples.Of(pair.Value, options.NumResamples, options.Seed));
        var comparison = new GridComparison(options, measured, resamples);
        var points = options.Keys().Select(comparison.PointOf).ToLookup(point => point.Key.Source);
        double[] falling = [.. options.LongHorizonTemperatures.OrderDescending()];
        return new TemperatureGrid(
            options,
            [.. points[SampleSource.Teacher]],
            [.. points[SampleSource.Student]],
            [.. falling.Zip(falling.Skip(1), comparison.StepOf)],
            comparison.StepOf(falling[0], falling[^1]));
    }

    /// <summary>The grid as JSON, all figures in full precision.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not such a grid.</exception>
    public static TemperatureGrid FromJson(string json) =>
        JsonSerializer.Deserialize<TemperatureGrid>(json, JsonOptions) ?? throw new JsonException("The grid is null.");

    /// <summary>The grid for people: tables, then what follows from them.</summary>
    public string ToText() => new GridText(this).Write();
}
