using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lhts.Evaluation.Tasks;

/// <summary>Accuracies of methods on a task, what an answer costs, and how the student compares with the others.</summary>
/// <param name="Task">Where the questions are.</param>
/// <param name="Checker">How answers are checked.</param>
/// <param name="Rows">One method each.</param>
public sealed record TaskTable(string Task, string Checker, IReadOnlyList<TaskRow> Rows)
{
    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>
    /// Aligned columns: the kind of question where there are several, method, draws and tokens through a model for one answer, accuracy with its standard
    /// error and 95 % interval by question, different right texts of a question's answers, and the share of answers that say nothing which counts.
    /// </summary>
    public string ToText() => TextTable.Format(
        [.. HasGroups ? ["kind"] : (string[])[], "method", "draws", "tokens/answer", "questions", "answers", "accuracy", "95 % interval", "distinct right",
            "unread"],
        Rows.Select(Cells));

    /// <summary>The rows of <see cref="Comparisons"/>, one less the other, question by question.</summary>
    public string ComparisonsToText() => TextTable.Format(["methods", "difference", "95 % interval", "p"], Comparisons().Select(ComparisonCells));

    /// <summary>
    /// Rows that are compared, on the same questions: a model's students with all its other methods, or without a student its first row with the others;
    /// and the first model with each other one by the same method.
    /// </summary>
    public IEnumerable<(TaskRow First, TaskRow Second)> Comparisons() =>
        Rows.GroupBy(row => (row.Model, row.Group)).SelectMany(rows => OfAModel([.. rows])).Concat(
            from first in Rows from second in Rows
            where first.Model == Rows[0].Model && second.Model != first.Model && first.Group == second.Group && first.Method == second.Method
            select (first, second));

    private static IEnumerable<(TaskRow First, TaskRow Second)> OfAModel(TaskRow[] rows)
    {
        TaskRow[] firsts = [.. rows.Where(row => row.Method.Kind == TaskMethodKind.Student)];
        if (firsts.Length == 0) firsts = rows[..1];
        return from first in firsts from second in rows where !firsts.Contains(second) select (first, second);
    }

    /// <summary>The table as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not such a table.</exception>
    public static TaskTable FromJson(string json) => JsonSerializer.Deserialize<TaskTable>(json, JsonOptions) ?? throw new JsonException("The table is null.");

    private bool HasGroups => Rows.Any(row => row.Group is not null);

    private string NameOf(TaskRow row) => Rows.Any(other => other.Model != row.Model) ? $"{row.Model} {row.Method.Name}" : row.Method.Name;

    private string[] Cells(TaskRow row)
    {
        var accuracy = row.Accuracy;
        return
        [
            .. HasGroups ? [row.Group ?? ""] : (string[])[],
            NameOf(row),
            row.Method.NumDraws.ToString(CultureInfo.InvariantCulture),
            Number(row.TokensPerAnswer, "0.0"),
            row.Scores.Count.ToString(CultureInfo.InvariantCulture),
            row.Scores[0].NumAnswers.ToString(CultureInfo.InvariantCulture),
            $"{Number(accuracy.Value, "0.000")} ± {Number(row.StandardError, "0.000")}",
            $"{Number(accuracy.Low, "0.000")}-{Number(accuracy.High, "0.000")}",
            $"{Number(row.DistinctRight, "0.00")} ± {Number(row.DistinctRightError, "0.00")}",
            Number(row.Unread, "0.000"),
        ];
    }

    private string[] ComparisonCells((TaskRow First, TaskRow Second) rows)
    {
        var comparison = PairedComparison.Of([.. rows.First.Scores.Select(score => score.Accuracy)], [.. rows.Second.Scores.Select(score => score.Accuracy)]);
        return
        [
            $"{NameOf(rows.First)} - {NameOf(rows.Second)}{(rows.First.Group is { } group ? $" ({group})" : "")}",
            Number(comparison.Difference, "+0.000;-0.000"),
            $"{Number(comparison.Low, "+0.000;-0.000")} to {Number(comparison.High, "+0.000;-0.000")}",
            Number(comparison.PValue, "0.0000"),
        ];
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
