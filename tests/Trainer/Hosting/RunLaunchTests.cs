using Lhts.Launching;
using Lhts.Trainer.Hosting;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Tests.Hosting;

public sealed class RunLaunchTests
{
    private static readonly Recipe Recipe = new() { Name = "x", Data = new DataRecipe { Path = "y" } };

    [Test]
    public void Runs_AreTheSame_WhereOnlyTheHostsDiffer()
    {
        var elsewhere = Recipe with { Device = "cuda:1", Threads = 7, Output = "/other", Telemetry = new TelemetryRecipe { Port = 1 } };
        Assert.That(RunLaunch.Of(elsewhere).Run, Is.EqualTo(RunLaunch.Of(Recipe).Run));
        Assert.That(RunLaunch.Of(Recipe with { Seed = 2 }).Run, Is.Not.EqualTo(RunLaunch.Of(Recipe).Run));
        Assert.That(RunLaunch.Of(Recipe).Run, Does.Match(@"^'x' \(recipe [0-9a-f]{8}\)$"));
    }

    [Test]
    public void Options_OfARecipe_AreWhatItSays()
    {
        var distributed = new DistributedRecipe { Elastic = new ElasticRecipe { Min = 2, Max = 3 }, MaxRestarts = 5, HeartbeatTimeout = 1.5,
            RendezvousTimeout = 7, StopTimeout = 9 };
        var options = RunLaunch.Of(Recipe with { Threads = 4, Distributed = distributed });
        Assert.That(options, Is.EqualTo(new LaunchOptions
        {
            Run = options.Run, Threads = 4, Elastic = new ElasticRange { Min = 2, Max = 3 }, MaxRestarts = 5,
            HeartbeatTimeout = TimeSpan.FromSeconds(1.5), RendezvousTimeout = TimeSpan.FromSeconds(7), StopTimeout = TimeSpan.FromSeconds(9),
            RunFolder = Path.Combine("runs", "x"),
        }));
    }

    [Test]
    public void Defaults_OfARecipe_AreThoseOfTheLauncher() =>
        Assert.That(RunLaunch.Of(Recipe), Is.EqualTo(new LaunchOptions { Run = RunLaunch.Of(Recipe).Run, RunFolder = Path.Combine("runs", "x") }));
}
