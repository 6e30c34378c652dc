using System.Globalization;
using System.Text;

namespace Lhts.Evaluation.Grid;

/// <summary>Writes a grid for people.</summary>
internal sealed class GridText(TemperatureGrid grid)
{
    // Points that are shown one by one; grid.json has all.
    private const int MostShown = 10;

    private const string Signed = "+0.000;-0.000;0.000";

    private readonly double[] rows = [.. grid.Options.LongHorizonTemperatures.OrderDescending()];
    private readonly double[] columns = [.. grid.Options.MyopicTemperatures.Order()];
    private readonly Dictionary<GridKey, GridPoint> points = grid.Teacher.Concat(grid.Student).ToDictionary(point => point.Key);

    /// <summary>All of it, each line ended by a line feed.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        AddTable(text, $"Mean log-likelihood of a token under the teacher, in nats, of {grid.Options.NumSamples} texts in each cell",
            Table(LogLikelihood, withTeacher: true));
        AddTable(text, "Diversity: distinct-2 of the words", Table(point => Number(point.Diversity.Value), withTeacher: true));
        AddTable(text, "The teacher's own myopic curve, with 95 % intervals", Curve());
        AddTable(
            text,
            "Lead: distinct-2 less that of the teacher's myopic curve at the same likelihood (! 95 % interval without zero, - not compared: less likely than "
            + "the curve)",
            Table(Lead, withTeacher: false));
        AddSteps(text);
        AddLeaders(text);
        return text.ToString();
    }

    private static void AddTable(StringBuilder text, string title, string table) => text.Append(title).Append("\n\n").Append(table).Append('\n');

    private string Table(Func<GridPoint, string> cell, bool withTeacher)
    {
        string[] header = ["T \\ myopic T", .. columns.Select(Temperature)];
        IEnumerable<double?> all = rows.Select(row => (double?)row);
        if (withTeacher) all = all.Append(null);
        return TextTable.Format(header, all.Select(row => (string[])
            [row is { } value ? Temperature(value) : "teacher", .. columns.Select(column => cell(points[new GridKey(row, column)]))]));
    }

    private string Curve() => TextTable.Format(
        ["myopic T", "log p/token", "95 % interval", "distinct-2", "95 % interval"],
        grid.Teacher.Select(point => (string[])
            [Temperature(point.Key.MyopicTemperature), LogLikelihood(point), Interval(point.LogLikelihood, "0.000"), Number(point.Diversity.Value),
                Interval(point.Diversity, "0.000")]));

    private void AddSteps(StringBuilder text)
    {
        var all = grid.Steps.Count > 1 ? grid.Steps.Append(grid.Whole) : grid.Steps;
        AddTable(
            text,
            $"Likelihood at myopic T {Temperature(grid.ComparedAt)} as the long-horizon T falls",
            TextTable.Format(["T", "change", "95 % interval", ""], all.Select(step => (string[])
                [$"{Temperature(step.From)} to {Temperature(step.To)}", Number(step.Change.Value, Signed), Interval(step.Change, Signed),
                    Verdict(step.Change)])));
        if (grid.Steps.Count == 0) return;
        var (rising, clear, falling) = (grid.Steps.Count(step => step.Change.Value > 0), grid.Steps.Count(step => step.Change.IsAboveZero),
            grid.Steps.Count(step => step.Change.IsBelowZero));
        text.Append(CultureInfo.InvariantCulture,
            $"It {Overall(grid.Whole.Change)} as a whole, and rises in {rising} of {grid.Steps.Count} steps, {clear} of them with certainty; {falling} fall "
            + $"with certainty.\n\n");
    }

    private void AddLeaders(StringBuilder text)
    {
        var (compared, above) =
            (grid.Student.Where(point => point.IsCompared).ToArray(), grid.Student.Where(IsAbove).OrderByDescending(point => point.Lead.Low).ToArray());
        text.Append(CultureInfo.InvariantCulture,
            $"Of {grid.Student.Count} points {above.Length} lie above the teacher's myopic curve (95 % interval above 0) and "
            + $"{compared.Count(point => point.Lead.IsBelowZero)} below it; ")
            .Append(CultureInfo.InvariantCulture,
                $"{grid.Student.Count - compared.Length} are not compared. By luck alone about {0.025 * compared.Length:0.#} would be on either side.\n");
        if (above.Length == 0) return;
        text.Append('\n').Append(TextTable.Format(
            ["T", "myopic T", "log p/token", "distinct-2", "curve's", "lead", "95 % interval"],
            above.Take(MostShown).Select(point => (string[])
                [
                    Temperature(point.Key.LongHorizonTemperature!.Value), Temperature(point.Key.MyopicTemperature), LogLikelihood(point),
                    Number(point.Diversity.Value),
                    Number(point.CurveDiversity), Number(point.Lead.Value, Signed), Interval(point.Lead, Signed),
                ])));
        if (above.Length > MostShown) text.Append(CultureInfo.InvariantCulture, $"and {above.Length - MostShown} more\n");
    }

    private static bool IsAbove(GridPoint point) => point.IsCompared && point.Lead.IsAboveZero;

    private static string Lead(GridPoint point) =>
        !point.IsCompared ? "-" : Number(point.Lead.Value, Signed) + (point.Lead.IsAboveZero || point.Lead.IsBelowZero ? "!" : "");

    private static string LogLikelihood(GridPoint point) => Number(point.LogLikelihood.Value);

    private static string Interval(Estimate estimate, string format) => $"{Number(estimate.Low, format)} to {Number(estimate.High, format)}";

    private static string Verdict(Estimate change) => change.IsAboveZero ? "rises" : change.IsBelowZero ? "falls" : "undecided";

    private static string Overall(Estimate change) => change.IsAboveZero ? "rises" : change.IsBelowZero ? "falls" : "neither rises nor falls";

    private static string Temperature(double value) => value.ToString("0.0##", CultureInfo.InvariantCulture);

    private static string Number(double value, string format = "0.000") => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";
}
