using Lhts.Scaling.Benchmarks;
using Lhts.Testing;

namespace Lhts.Distributed.Tests.Scaling;

public sealed class DocumentationTests
{
    [Test]
    public void Tables_OfTheModel_StandInTheDocsAsTheyArePrinted()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/scaling.md"));
        Assert.That(page, Does.Contain(Printed(ProjectionTables.PrintSteps)));
        Assert.That(page, Does.Contain(Printed(ProjectionTables.PrintMemory)));
    }

    private static string Printed(Action<TextWriter> print)
    {
        using var output = new StringWriter { NewLine = "\n" };
        print(output);
        return output.ToString().TrimEnd('\n');
    }
}
