using System.Globalization;
using System.Text.RegularExpressions;
using Lhts.Testing;

namespace Lhts.Trainer.Tests.Structure;

/// <summary>No line of C# is longer than .editorconfig says.</summary>
public sealed partial class LineLengthTests
{
    private const string Quotes = "\"\"\"";

    private static int Longest => int.Parse(Limit().Match(File.ReadAllText(Repository.PathOf(".editorconfig"))).Groups[1].Value, CultureInfo.InvariantCulture);

    [TestCase("src")]
    [TestCase("tests")]
    [TestCase("benchmarks")]
    public void Lines_OfTheSources_AreWithinTheLimit(string folder)
    {
        var longest = Longest;
        var found =
            from path in Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
            from line in Lines(File.ReadLines(path))
            where line.Text.Length > longest
            select $"{Path.GetRelativePath(Repository.Root, path)}:{line.Number} has {line.Text.Length} characters";
        Assert.That(found, Is.Empty);
    }

    [Test]
    public void Lines_OfARawString_AreItsOwn()
    {
        string[] lines = ["a", $"var x = {Quotes}", "expected output", $"    {Quotes};", $"{Quotes}b{Quotes}", "c"];
        Assert.That(Lines(lines).Select(line => line.Number), Is.EqualTo(new[] { 1, 2, 4, 5, 6 }));
    }

    /// <summary>All but what stands inside raw strings of several lines: a table that a test expects is as wide as it is.</summary>
    private static IEnumerable<(int Number, string Text)> Lines(IEnumerable<string> lines)
    {
        var isInside = false;
        foreach (var (index, text) in lines.Index())
        {
            var isBorder = text.Split(Quotes).Length % 2 == 0;
            if (!isInside || isBorder) yield return (index + 1, text);
            isInside ^= isBorder;
        }
    }

    [GeneratedRegex(@"(?m)^max_line_length = (\d+)$")]
    private static partial Regex Limit();
}
