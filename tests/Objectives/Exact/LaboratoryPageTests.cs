using System.Globalization;
using Lhts.Benchmarks.Exact;
using Lhts.Testing;

namespace Lhts.Objectives.Tests.Exact;

/// <summary>The goals of the laboratory, by the tables of docs/exact.md.</summary>
public sealed class LaboratoryPageTests
{
    private const string Ours = "learned, bootstrap, h = 1, control";
    private static readonly string[] Lines = File.ReadAllLines(Repository.PathOf("docs", "exact.md"));

    [Test]
    public void Page_OfTheLaboratory_HasEveryMethod()
    {
        var known = MethodLists.Every(1, 2, 4, null).Concat(MethodLists.Chains).Select(method => method.Name).ToHashSet();
        Assert.That(known.Except(Tables().SelectMany(table => table.Rows.Keys)), Is.Empty);
    }

    [TestCase("Transformers, 4 symbols")]
    [TestCase("Tables, all methods")]
    public void EnumerableTeachers_AtHalfTemperature_AreBelowTheGoal(string title)
    {
        var table = Table(title);
        foreach (var (ours, myopic) in table.Teachers(Ours).Zip(table.Teachers("myopic")))
        {
            Assert.That(ours, Is.LessThan(0.002).And.LessThan(myopic / 10), title);
        }
    }

    [TestCase("chains 0 to 4")]
    [TestCase("chains 5 to 9")]
    public void Chains_AtHalfTemperature_AreBelowTheGoal(string title)
    {
        var table = Table(title);
        var dropped = table.Rows.Keys.Where(name => name.Contains("drop", StringComparison.Ordinal)).Select(table.Teachers).ToArray();
        var best = Enumerable.Range(0, 5).Select(chain => dropped.Min(values => values[chain]));
        var ours = table.Teachers(Ours);
        for (var chain = 0; chain < 5; chain++)
        {
            Assert.That(ours[chain], Is.LessThan(table.Teachers("myopic")[chain] / 20), "myopic");
            Assert.That(ours[chain], Is.LessThan(table.Teachers("index-token, drop, h = all")[chain] / 20), "full horizon");
        }

        Assert.That(LabTable.GeometricMean(ours), Is.LessThan(0.6 * LabTable.GeometricMean(best)));
        Assert.That(table.Cell(Ours, "ESS/N"), Is.GreaterThan(0.8));
    }

    private static PageTable Table(string title) =>
        Tables().Single(table => table.Title.Contains(title, StringComparison.Ordinal) && table.Title.EndsWith("T = 0.5", StringComparison.Ordinal));

    private static IEnumerable<PageTable> Tables() =>
        from heading in Enumerable.Range(0, Lines.Length)
        where Lines[heading].StartsWith("### ", StringComparison.Ordinal)
        let rows = Lines.Skip(heading + 2).TakeWhile(line => line.StartsWith('|')).Select(Cells).ToArray()
        select new PageTable(Lines[heading][4..], rows[0], rows.Skip(2).ToDictionary(row => row[0]));

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];

    private sealed record PageTable(string Title, string[] Columns, IReadOnlyDictionary<string, string[]> Rows)
    {
        /// <summary>The divergences of a method, teacher by teacher.</summary>
        public double[] Teachers(string method) => [.. Rows[method][1..Array.IndexOf(Columns, "geometric mean")].Select(Number)];

        public double Cell(string method, string column) => Number(Rows[method][Array.IndexOf(Columns, column)]);

        private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
