using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Lhts.Evaluation.Grid;
using Lhts.Sampling;
using Lhts.Testing;

namespace Lhts.Evaluation.Tests;

/// <summary>docs/evaluation.md says what the code does.</summary>
public sealed partial class DocumentationTests
{
    [Test]
    public void SamplingTable_ListsEverySettingWithItsDefault()
    {
        var documented = Rows("## Sampling").ToDictionary(cells => cells[0], cells => cells[1]);
        var defaults = new SamplingOptions();

        var actual = typeof(SamplingOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .ToDictionary(property => property.Name,
                property => property.GetValue(defaults) is { } value and not IReadOnlyList<int>
                    ? Convert.ToString(value, CultureInfo.InvariantCulture)!
                    : "none");

        Assert.That(documented, Is.EquivalentTo(actual));
    }

    [Test]
    public void GridTable_ListsEverySettingWithItsDefault()
    {
        var documented = Rows("## The grid of temperatures").ToDictionary(cells => cells[0], cells => cells[1]);
        var defaults = new GridOptions();

        var actual = typeof(GridOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .ToDictionary(property => property.Name, property => Default(property.GetValue(defaults)));

        Assert.That(documented, Is.EquivalentTo(actual));
    }

    [Test]
    public void BestMyopic_NumberOfTexts_IsThatOfTheOptions() => Assert.That(
        System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(Repository.PathOf("docs", "evaluation.md")), @"\s+", " "),
        Does.Contain($"({new BestMyopicOptions().NumSamples} texts each"));

    [Test]
    public void TradeOffTable_ListsEveryColumn()
    {
        var header = new TradeOffTable([]).ToText().Split('\n')[0];
        string[] columns = [.. ColumnGap().Split(header).Select(column => DistinctNumber().Replace(column, "${set}distinct-n")).Distinct()];

        Assert.That(Rows("## Likelihood against diversity").Select(cells => cells[0]), Is.EqualTo(columns));
    }

    private static string Default(object? value) => value switch
    {
        IReadOnlyList<double> list => string.Create(CultureInfo.InvariantCulture, $"{list[0]:0.0} to {list[^1]:0.0}"),
        null => "none",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>The cells, without code marks, of the first table below a heading.</summary>
    private static IEnumerable<string[]> Rows(string heading) => File.ReadLines(Repository.PathOf("docs", "evaluation.md"))
        .SkipWhile(line => line != heading)
        .SkipWhile(line => !line.StartsWith('|'))
        .TakeWhile(line => line.StartsWith('|'))
        .Skip(2)
        .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray());

    [GeneratedRegex(" {2,}")]
    private static partial Regex ColumnGap();

    [GeneratedRegex(@"^(?<set>token )?distinct-\d$")]
    private static partial Regex DistinctNumber();
}
