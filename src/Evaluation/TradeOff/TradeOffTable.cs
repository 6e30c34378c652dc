using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lhts.Evaluation;

/// <summary>Likelihood, entropy, free energy and diversity of teacher and student over temperatures.</summary>
/// <param name="Rows">One setting each.</param>
public sealed record TradeOffTable(IReadOnlyList<TradeOffRow> Rows)
{
    private const string None = "-";

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
        "source", "T", "myopic T", "samples", "log p/token", "± s.e.", "entropy/token", "free energy", "gain", "best myopic", "effective T", "± T",
        "distinct-1", "distinct-2", "distinct-3", "distinct-4", "token distinct-2", "seq-rep-4", "entropy-4", "self-BLEU", "words", "length",
    ];

    /// <summary>What a narrow terminal can do without, the first first; models, temperatures and likelihoods always stay.</summary>
    private static readonly string[] LeastFirst =
    [
        "token distinct-2", "distinct-3", "distinct-1", "words", "distinct-4", "entropy-4", "length", "self-BLEU", "samples", "± T", "± s.e.", "seq-rep-4",
        "best myopic", "free energy", "distinct-2", "entropy/token", "effective T", "gain",
    ];

    /// <summary>The teacher's likelihood and entropy at every myopic temperature that was tried, in rising order. Default empty.</summary>
    public IReadOnlyList<MyopicPoint> MyopicCurve { get; init; } = [];

    /// <summary>p_T itself, where it is known. Default empty.</summary>
    public IReadOnlyList<JointReference> References { get; init; } = [];

    /// <summary>
    /// The table with aligned columns, an error behind its figure: source, long-horizon and myopic temperature, the teacher's log-likelihood and the
    /// entropy for each token, free energy and gain in nats a sequence, effective temperature, diversity, and lengths in words and tokens. A dash stands for
    /// what does not apply.
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
        row.LongHorizonTemperature is { } temperature ? Number(temperature, "0.0##") : None,
        Number(row.MyopicTemperature, "0.0##"),
        row.NumSamples.ToString(CultureInfo.InvariantCulture),
        Number(row.Likelihood.PerToken, "0.000"),
        Number(row.Likelihood.PerTokenError, "0.000"),
        Pair(row.Entropy is { } entropy ? new(entropy.PerToken, entropy.StandardError) : null, "0.000"),
        Pair(row.FreeEnergy, "0.00"),
        Pair(row.Gain, "+0.00;-0.00"),
        row.BestMyopicTemperature is { } best ? Number(best, "0.0##") : None,
        row.EffectiveTemperature is { } effective ? Number(effective.Value, "0.000") : None,
        row.EffectiveTemperature is { } estimate ? Number(estimate.StandardError, "0.000") : None,
        .. row.Diversity.Distinct.Select(value => Number(value, "0.000")),
        row.TokenDistinct is { } tokens ? Number(tokens[1], "0.000") : None,
        Number(row.Diversity.SeqRep[3], "0.000"),
        Number(row.Diversity.Entropy[3], "0.00"),
        Number(row.Diversity.SelfBleu, "0.000"),
        Number(row.Diversity.MeanLength, "0.0"),
        Number((double)row.Likelihood.NumTokens / row.NumSamples, "0.0"),
    ];

    private static string Pair(Figure? figure, string format) => figure is { } measured && double.IsFinite(measured.Value)
        ? $"{Number(measured.Value, format)} ± {Number(measured.StandardError, format.Split(';')[0].TrimStart('+'))}"
        : None;

    private static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : None;
}
