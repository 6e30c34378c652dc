using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lhts.Evaluation;

/// <summary>Likelihood against diversity for teacher and student over temperatures.</summary>
/// <param name="Rows">One setting each.</param>
public sealed record TradeOffTable(IReadOnlyList<TradeOffRow> Rows)
{
    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        WriteIndented = true,
        NewLine = "\n",
    };

    private static readonly string[] Header =
    [
        "source", "T", "myopic T", "samples", "log p/token", "± s.e.", "effective T", "± T", "distinct-1", "distinct-2", "distinct-3", "distinct-4",
        "seq-rep-4", "entropy-4", "self-BLEU", "length",
    ];

    /// <summary>What a narrow terminal can do without, the first first; models, temperatures and likelihoods always stay.</summary>
    private static readonly string[] LeastFirst =
        ["distinct-3", "distinct-1", "samples", "length", "distinct-4", "entropy-4", "± T", "± s.e.", "seq-rep-4", "self-BLEU", "distinct-2", "effective T"];

    /// <summary>
    /// The table with aligned columns: source, long-horizon and myopic temperature, samples, the teacher's log-likelihood for each token with
    /// its standard error, the effective temperature with its own, distinct-1 to 4, seq-rep-4, entropy of 4-grams, self-BLEU and mean length. A dash stands for what does not apply.
    /// </summary>
    public string ToText() => TextTable.Format(Header, Rows.Select(Cells));

    /// <summary>The same for a terminal: the columns that matter least are left out until the lines fit.</summary>
    /// <param name="width">Characters of a line; null for all columns.</param>
    public string ToText(int? width) => width is { } bound ? TextTable.Fit(Header, [.. Rows.Select(Cells)], LeastFirst, bound) : ToText();

    /// <summary>The table as JSON: an object with <c>rows</c>, all figures in full precision.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not such a table.</exception>
    public static TradeOffTable FromJson(string json) =>
        JsonSerializer.Deserialize<TradeOffTable>(json, JsonOptions) ?? throw new JsonException("The table is null.");

    private static string[] Cells(TradeOffRow row) =>
    [
        row.Source.ToString().ToLowerInvariant(),
        row.LongHorizonTemperature is { } temperature ? Number(temperature, "0.0##") : "-",
        Number(row.MyopicTemperature, "0.0##"),
        row.NumSamples.ToString(CultureInfo.InvariantCulture),
        Number(row.Likelihood.PerToken, "0.000"),
        Number(row.Likelihood.PerTokenError, "0.000"),
        row.EffectiveTemperature is { } effective ? Number(effective.Value, "0.000") : "-",
        row.EffectiveTemperature is { } estimate ? Number(estimate.StandardError, "0.000") : "-",
        .. row.Diversity.Distinct.Select(value => Number(value, "0.000")),
        Number(row.Diversity.SeqRep[3], "0.000"),
        Number(row.Diversity.Entropy[3], "0.00"),
        Number(row.Diversity.SelfBleu, "0.000"),
        Number(row.Diversity.MeanLength, "0.0"),
    ];

    private static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";
}
