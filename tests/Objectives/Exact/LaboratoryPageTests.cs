using System.Globalization;
using Lhts.Benchmarks.Exact;
using Lhts.Testing;

namespace Lhts.Objectives.Tests.Exact;

/// <summary>The tables of docs/exact.md against the laboratory itself: exact ones in every cell, and one chain trained anew.</summary>
public sealed class LaboratoryPageTests : TensorTest
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs", "exact.md"));

    [Test]
    public void Page_OfTheLaboratory_HasEveryMethod()
    {
        var known = MethodLists.Every(1, 2, 4, null).Concat(MethodLists.Chains).Select(method => method.Name).ToHashSet();
        Assert.That(known.Except(Tables(Page).SelectMany(table => table.Rows.Keys)), Is.Empty);
    }

    [Test]
    public void Limits_OnThePage_AreThoseThatTheLaboratoryPrints()
    {
        var printed = new StringWriter();
        new Laboratory(new LabTable(printed, TextWriter.Null, TimeProvider.System), LabSize.Quick, [0.5, 0.9, 1.25]).Tables["limits"]();

        foreach (var now in Tables(printed.ToString()))
        {
            var onPage = Tables(Page).Single(table => table.Title == now.Title);
            Assert.That(onPage.Columns, Is.EqualTo(now.Columns));
            Assert.That(onPage.Rows.Keys, Is.EqualTo(now.Rows.Keys));
            foreach (var (method, cells) in now.Rows)
            {
                // Three digits are printed; what is zero is printed as its rounding errors.
                for (var i = 1; i < cells.Length; i++)
                {
                    Assert.That(Number(cells[i]), Is.EqualTo(Number(onPage.Rows[method][i])).Within(0.6).Percent.Or.LessThan(1e-12),
                        $"{now.Title}: {method}, {now.Columns[i]}");
                }
            }
        }
    }

    /// <summary>The same settings and seeds as the page's row; another processor rounds otherwise, and what remains at the end is noise.</summary>
    [TestCase("learned, bootstrap, h = 1, control")]
    [TestCase("index-token, drop, h = 4")]
    public void Chain_TrainedAgain_EndsWhereThePageSays(string name)
    {
        var method = MethodLists.Chains.Single(known => known.Name == name);
        var row = Tables(Page).Single(table => table.Title == "chains 0 to 4, 4 symbols, length 64, T = 0.5").Rows[name];

        var result = new MarkovTrial(new ChainSet(First: 0, Count: 1).Teachers()[0], new TrialSettings()).Run(method);

        TestContext.Out.WriteLine($"the page {row[1]}, now {result.Divergence:G3}");
        Assert.That(result.Divergence / Number(row[1]), Is.InRange(0.5, 2));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<Table> Tables(string text)
    {
        var lines = text.Split('\n');
        return from heading in Enumerable.Range(0, lines.Length)
               where lines[heading].StartsWith("### ", StringComparison.Ordinal)
               let rows = lines.Skip(heading + 2).TakeWhile(line => line.StartsWith('|')).Select(Cells).ToArray()
               select new Table(lines[heading][4..], rows[0], rows.Skip(2).ToDictionary(row => row[0]));
    }

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];

    private sealed record Table(string Title, string[] Columns, IReadOnlyDictionary<string, string[]> Rows);
}
