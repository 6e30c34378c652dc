using System.Text.RegularExpressions;
using Lhts.Testing;
using Lhts.Launching.Agents;
using Lhts.Launching.Meeting;
using Lhts.Launching.Processes;

namespace Lhts.Launching.Tests;

public sealed class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs", "distributed.md"));

    [Test]
    public void Page_OnDistribution_NamesEveryVariableOfAWorker()
    {
        var table = Page[Page.IndexOf("A worker is told by", StringComparison.Ordinal)..Page.IndexOf("Rank 0 shows the progress", StringComparison.Ordinal)];
        var documented = Regex.Matches(table, "`([A-Z_]+)`").Select(match => match.Groups[1].Value);
        var told = WorkerVariables.Of(new AgentSettings { Run = "x" }, new World(0, 0, 1, "a", 1, 0), 0).Select(variable => variable.Name);
        Assert.That(documented, Is.EquivalentTo(told.Append(WorkerTies.BeatVariable).Concat(WorkerVariables.Threads)));
    }

    [Test]
    public void Times_OnThePage_AreThoseOfTheSettings()
    {
        var settings = new AgentSettings { Run = "x" };
        Assert.That(settings.BeatInterval * 5, Is.EqualTo(settings.HeartbeatTimeout), "signs of life every fifth of `heartbeatTimeout`");
        Assert.That(settings.Settle * 4, Is.EqualTo(settings.HeartbeatTimeout), "a quarter of `heartbeatTimeout`");
        Assert.That(settings.Settle, Is.GreaterThan(settings.BeatInterval), "generations never beside each other");
        Assert.That(settings.Grace, Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That((settings with { HeartbeatTimeout = TimeSpan.FromSeconds(2) }).Grace, Is.EqualTo(TimeSpan.FromSeconds(0.5)));
        Assert.That(Agent.StartFactor, Is.EqualTo(4), "four times `heartbeatTimeout`");
        Assert.That(Page, Does.Contain($"at most {MessageCodec.MaxLineBytes} bytes").And.Contain($"| `MASTER_PORT` | {RankEnvironment.DefaultMasterPort} |"));
    }
}
