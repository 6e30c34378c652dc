using System.Text.RegularExpressions;
using Lhts.Testing;

namespace Lhts.Trainer.Tests.Structure;

/// <summary>What the README and docs/ name is there.</summary>
public sealed partial class ReadmeTests
{
    private static string Tree => Repository.PathOf("docs", "architecture.md");

    private static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md")
            .Concat(Directory.EnumerateFiles(Repository.PathOf("src"), "README.md", SearchOption.AllDirectories))
            .Append(Repository.PathOf("README.md")).Select(path => Path.GetRelativePath(Repository.Root, path));

    [TestCaseSource(nameof(Pages))]
    public void Paths_NamedOnAPage_Exist(string page)
    {
        var missing = Paths().Matches(File.ReadAllText(Repository.PathOf(page))).Select(match => match.Groups[1].Value)
            .Where(path => !Path.Exists(Repository.PathOf(path)));
        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void Tree_OfTheProject_ListsEveryProjectFolder()
    {
        var readme = File.ReadAllText(Tree);
        foreach (var folder in Directory.GetDirectories(Repository.PathOf("src")))
        {
            Assert.That(readme, Does.Contain($"src/{Path.GetFileName(folder)}/"));
        }
    }

    [Test]
    public void Tree_OfTheProject_ListsEveryBenchmark()
    {
        var line = File.ReadLines(Tree).Single(text => text.TrimStart().StartsWith("benchmarks/ ", StringComparison.Ordinal));
        foreach (var folder in Directory.GetDirectories(Repository.PathOf("benchmarks"))) Assert.That(line, Does.Contain(Path.GetFileName(folder)));
    }

    [GeneratedRegex(@"(?<![\w/.-])((?:src|tests|recipes|docs|deploy|benchmarks|eng)/[\w./-]*[\w/])")]
    private static partial Regex Paths();
}
