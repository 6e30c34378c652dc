using System.Globalization;
using Lhts.Testing;

namespace Lhts.Objectives.Tests;

/// <summary>docs/objectives.md against the code.</summary>
public sealed class DocumentationTests
{
    private static readonly string[] Lines = File.ReadAllLines(Repository.PathOf("docs", "objectives.md"));

    [Test]
    public void SettingsTable_OfTheDocs_HasEveryOptionWithItsDefault()
    {
        var documented = Rows("| setting |").ToDictionary(cells => cells[0].Trim('`'), cells => cells[1]);
        var actual = typeof(LhtsOptions).GetProperties().Where(property => property.CanWrite).ToDictionary(
            property => property.Name, property => Convert.ToString(property.GetValue(new LhtsOptions()), CultureInfo.InvariantCulture)!);
        Assert.That(documented.ToDictionary(entry => entry.Key, entry => entry.Value.ToLowerInvariant()), Is.EquivalentTo(
            actual.ToDictionary(entry => entry.Key, entry => entry.Value.ToLowerInvariant())));
    }

    [Test]
    public void BaselineTable_OfTheDocs_HasEveryBaseline() =>
        Assert.That(Rows("| baseline |").Select(cells => cells[0]), Is.EqualTo(Enum.GetNames<BaselineKind>()));

    [Test]
    public void ComparisonTable_OfTheDocs_HasEveryOtherObjective() => Assert.That(
        Rows("| objective |").Select(cells => cells[0].Trim('`')).Append(nameof(LhtsObjective)),
        Is.EquivalentTo(
            typeof(IObjective).Assembly.GetTypes().Where(type => type.IsClass && typeof(IObjective).IsAssignableFrom(type)).Select(type => type.Name)));

    private static IEnumerable<string[]> Rows(string heading) => Lines
        .SkipWhile(line => !line.StartsWith(heading, StringComparison.Ordinal)).Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray());
}
