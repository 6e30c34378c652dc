using System.Globalization;

namespace Lhts.Evaluation.Analogies;

/// <summary>One line of the table: a model on one kind of question at one temperature.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Kind">The kind of question.</param>
/// <param name="LongHorizonTemperature">The student's temperature, if it was given one.</param>
/// <param name="MyopicTemperature">The temperature of each token's draw.</param>
/// <param name="Scores">One for each question.</param>
public sealed record AnalogyRow(
    string Model, AnalogyKind Kind, double? LongHorizonTemperature, double MyopicTemperature, IReadOnlyList<QuestionScore> Scores)
{
    /// <summary>Accuracy with its confidence interval.</summary>
    public AccuracyEstimate Accuracy => AccuracyEstimate.Of([.. Scores.Select(score => score.Accuracy)]);
}

/// <summary>Accuracies of models on analogies, and how pairs of models compare.</summary>
/// <param name="Rows">The lines.</param>
public sealed record AnalogyTable(IReadOnlyList<AnalogyRow> Rows)
{
    /// <summary>
    /// Aligned columns: model, kind, temperatures, questions, accuracy with its 95 % interval, and the shares of ambiguous and unparsed answers.
    /// </summary>
    public string ToText() => TextTable.Format(
        ["model", "kind", "T", "myopic T", "questions", "accuracy", "95 % interval", "ambiguous", "unparsed"], Rows.Select(Cells));

    /// <summary>The first model against each other one at the same kind and myopic temperature.</summary>
    public string ComparisonsToText() => TextTable.Format(
        ["models", "kind", "myopic T", "difference", "95 % interval", "p"],
        from row in Rows from other in Rows where IsRival(row, other) select ComparisonCells(row, other));

    private bool IsRival(AnalogyRow row, AnalogyRow other) =>
        row.Model == Rows[0].Model && other.Model != row.Model && row.Kind == other.Kind && row.MyopicTemperature.Equals(other.MyopicTemperature);

    private static string[] Cells(AnalogyRow row)
    {
        var accuracy = row.Accuracy;
        double numAnswers = row.Scores.Sum(score => score.NumAnswers);
        return
        [
            row.Model,
            row.Kind.ToString().ToLowerInvariant(),
            row.LongHorizonTemperature is { } temperature ? Number(temperature, "0.0##") : "-",
            Number(row.MyopicTemperature, "0.0##"),
            row.Scores.Count.ToString(CultureInfo.InvariantCulture),
            Number(accuracy.Value, "0.000"),
            $"{Number(accuracy.Low, "0.000")}-{Number(accuracy.High, "0.000")}",
            Number(row.Scores.Sum(score => score.NumAmbiguous) / numAnswers, "0.000"),
            Number(row.Scores.Sum(score => score.NumUnparsed) / numAnswers, "0.000"),
        ];
    }

    private static string[] ComparisonCells(AnalogyRow row, AnalogyRow other)
    {
        var comparison = PairedComparison.Of(row.Scores, other.Scores);
        return
        [
            $"{row.Model} - {other.Model}",
            row.Kind.ToString().ToLowerInvariant(),
            Number(row.MyopicTemperature, "0.0##"),
            Number(comparison.Difference, "+0.000;-0.000"),
            $"{Number(comparison.Low, "+0.000;-0.000")} to {Number(comparison.High, "+0.000;-0.000")}",
            Number(comparison.PValue, "0.0000"),
        ];
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
