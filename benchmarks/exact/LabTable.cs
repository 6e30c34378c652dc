using System.Globalization;

namespace Lhts.Benchmarks.Exact;

/// <summary>Tables in Markdown, and how far they have come.</summary>
/// <param name="output">Where the tables go.</param>
/// <param name="progress">Where a line goes for each trial.</param>
/// <param name="time">Of the progress alone.</param>
public sealed class LabTable(TextWriter output, TextWriter progress, TimeProvider time)
{
    private readonly long start = time.GetTimestamp();

    /// <summary>Begins a table.</summary>
    public void Begin(string title, IReadOnlyList<string> columns)
    {
        output.WriteLine($"\n### {title}\n");
        output.WriteLine($"| {string.Join(" | ", columns)} |");
        output.WriteLine($"|{string.Concat(Enumerable.Repeat("---|", columns.Count))}");
        output.Flush();
    }

    /// <summary>Adds a row; what is not a number stays empty.</summary>
    public void Row(string name, IEnumerable<(double Value, string Format)> cells)
    {
        var texts = cells.Select(cell => double.IsNaN(cell.Value) ? "" : cell.Value.ToString(cell.Format, CultureInfo.InvariantCulture));
        output.WriteLine($"| {name} | {string.Join(" | ", texts)} |");
        output.Flush();
    }

    /// <summary>Runs a trial and says so.</summary>
    public T Trial<T>(string name, Func<T> run)
    {
        var before = time.GetTimestamp();
        var result = run();
        progress.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{time.GetElapsedTime(start).TotalSeconds,6:F0} s  {name}: {time.GetElapsedTime(before).TotalSeconds:F1} s"));
        return result;
    }

    /// <summary>exp of the mean of the logarithms.</summary>
    public static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Average(Math.Log));

    /// <summary>A temperature as it stands in titles.</summary>
    public static string NameOf(double temperature) => temperature.ToString(CultureInfo.InvariantCulture);
}
