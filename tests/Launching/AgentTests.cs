using Lhts.Launching.Agents;
using Lhts.Launching.Meeting;

namespace Lhts.Launching.Tests;

/// <summary>An agent by itself, in counted time: what a whole cluster does not bring about.</summary>
public sealed class AgentTests
{
    private static readonly AgentSettings Settings =
        new() { Run = "x", Agent = 1, NumAgents = 2, NumRanks = 1, Host = "here", HeartbeatTimeout = TimeSpan.FromSeconds(5) };

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.5);

    /// <summary>An agent at second 0 whose worker was just started.</summary>
    private static Agent Working(int number = 1, AgentSettings? settings = null)
    {
        var agent = new Agent((settings ?? Settings) with { Agent = number }, () => 0, TimeSpan.Zero);
        agent.Connected(TimeSpan.Zero);
        agent.Receive(TimeSpan.Zero, new World(0, 1, 2, "a", 1, 0));
        agent.WorkerStarted(0, 0, 77);
        agent.Commands.Clear();
        return agent;
    }

    private static IEnumerable<T> Commands<T>(Agent agent) => agent.Commands.OfType<T>();

    private static IEnumerable<Failed> Failures(Agent agent) => Commands<AgentCommand.Send>(agent).Select(send => send.Message).OfType<Failed>();

    [Test]
    public void Worker_ThatStarts_HasFourTimeoutsUntilItsFirstSignOfLife()
    {
        var agent = Working();
        for (var now = TimeSpan.Zero; now < TimeSpan.FromSeconds(20); now += Step) HearBoth(agent, now, isAlive: false);
        Assert.That(Failures(agent), Is.Empty);
        agent.Advance(TimeSpan.FromSeconds(20));
        Assert.That(Failures(agent).Single(), Is.EqualTo(new Failed(0, ExitCode.Failed, "rank 1 (here, process 77) did not come to life within 20 s")));
        Assert.That(Commands<AgentCommand.Kill>(agent), Has.Exactly(1).Items);
    }

    [Test]
    public void AgentWithCoordinator_StoppedForAWhile_BlamesNobodyForIt()
    {
        var agent = Working(number: 0);
        HearBoth(agent, Step, isAlive: true);
        var later = TimeSpan.FromSeconds(100);
        agent.Advance(later);
        HearBoth(agent, later + Step, isAlive: true);
        agent.Advance(later + (2 * Settings.BeatInterval));
        Assert.That(Failures(agent), Is.Empty);
        Assert.That(Commands<AgentCommand.Kill>(agent), Is.Empty);
    }

    [Test]
    public void Agent_StoppedForAWhile_EndsItsWorkers()
    {
        var heard = Working();
        heard.Receive(Step, new Beat());
        heard.Receive(TimeSpan.FromSeconds(100), new Beat());
        Assert.That(Commands<AgentCommand.Kill>(heard), Has.Exactly(1).Items, "the others have gone on without it, though old messages come");

        var cutOff = Working();
        cutOff.Advance(TimeSpan.FromSeconds(100));
        cutOff.Advance(TimeSpan.FromSeconds(100) + Settings.BeatInterval);
        Assert.That(Commands<AgentCommand.Kill>(cutOff), Has.Exactly(1).Items);
    }

    [Test]
    public void World_ThatComesLate_IsAskedForAgain()
    {
        var agent = new Agent(Settings, () => 0, TimeSpan.Zero);
        agent.Connected(TimeSpan.Zero);
        agent.Commands.Clear();
        var world = new World(0, 1, 2, "a", 1, 0);
        agent.Receive(TimeSpan.FromSeconds(6), world);
        Assert.That(agent.HasWorkers, Is.False);
        Assert.That(Commands<AgentCommand.Send>(agent).Single().Message, Is.InstanceOf<Join>());
        agent.Receive(TimeSpan.FromSeconds(6.1), world);
        Assert.That(agent.HasWorkers, Is.True);
    }

    [Test]
    public void Worker_ThatCannotBeStarted_IsAFailure()
    {
        var agent = Working();
        agent.WorkerExited(Step, 0, 0, new WorkerExit(WorkerExit.NotStarted, ["no such file"]));
        Assert.That(Failures(agent).Single().Text, Is.EqualTo("rank 1 (here, process 77) could not be started: no such file"));
    }

    [Test]
    public void Events_OfAnEarlierGeneration_AreIgnored()
    {
        var agent = Working();
        agent.WorkerExited(Step, -1, 0, new WorkerExit(137, []));
        agent.Receive(Step, new Regroup(-1, Save: false));
        Assert.That(agent.HasWorkers, Is.True);
        Assert.That(agent.Commands, Is.Empty);
    }

    [Test]
    public void Agent_OfAnElasticRun_LeavesAndIsToldThatItMay()
    {
        var elastic = Settings with { Elastic = new ElasticRange { Min = 1, Max = 2 } };
        var agent = Working(settings: elastic);
        agent.AskToStop(Step);
        Assert.That(Commands<AgentCommand.Send>(agent).Single().Message, Is.EqualTo(new Leaving()));
        agent.Receive(Step, new Regroup(0, Save: true));
        Assert.That(Commands<AgentCommand.Terminate>(agent), Has.Exactly(1).Items);
        agent.WorkerExited(2 * Step, 0, 0, new WorkerExit(ExitCode.Stopped, []));
        agent.Receive(3 * Step, new Ended(ExitCode.Stopped));
        Assert.That(Commands<AgentCommand.Exit>(agent).Single().Code, Is.EqualTo(ExitCode.Stopped));
        Assert.That(Commands<AgentCommand.Kill>(agent), Is.Empty);
    }

    [TestCase(0.5, 0)]
    [TestCase(1.5, 1)]
    public void Signal_ThatComesAgain_EndsTheWorkersUnlessItIsTheSameWish(double seconds, int numKilled)
    {
        var agent = Working();
        agent.AskToStop(TimeSpan.Zero);
        agent.Receive(TimeSpan.Zero, new Stop());
        agent.AskToStop(TimeSpan.FromSeconds(seconds));
        Assert.That(Commands<AgentCommand.Kill>(agent).Count(), Is.EqualTo(numKilled));
        if (numKilled == 0) return;
        agent.WorkerExited(TimeSpan.FromSeconds(seconds), 0, 0, new WorkerExit(137, []));
        Assert.That(Commands<AgentCommand.Exit>(agent).Single().Code, Is.EqualTo(ExitCode.Stopped));
        Assert.That(Commands<AgentCommand.Say>(agent).Single().Text, Does.StartWith("told to stop again"));
    }

    [Test]
    public void Worker_ThatDoesNotSaveInTime_IsEnded()
    {
        var agent = Working(number: 0, Settings with { StopTimeout = TimeSpan.FromSeconds(3) });
        agent.AskToStop(TimeSpan.Zero);
        agent.Receive(TimeSpan.Zero, new Stop());
        HearBoth(agent, TimeSpan.FromSeconds(2.9), isAlive: true);
        Assert.That(Commands<AgentCommand.Kill>(agent), Is.Empty);
        HearBoth(agent, TimeSpan.FromSeconds(3), isAlive: true);
        Assert.That(Commands<AgentCommand.Kill>(agent), Has.Exactly(1).Items);
        Assert.That(Commands<AgentCommand.Say>(agent).Single().Text, Does.StartWith("not all was saved within 3 s (distributed.stopTimeout)"));
        agent.WorkerExited(TimeSpan.FromSeconds(3), 0, 0, new WorkerExit(137, []));
        Assert.That(Commands<AgentCommand.Send>(agent).Last().Message, Is.EqualTo(new Ended(ExitCode.Stopped, 0)));
    }

    [Test]
    public void Agent_WhoseCoordinatorDoesNotAnswerAStop_EndsInTimeAllTheSame()
    {
        var agent = Working(number: 0, Settings with { StopTimeout = TimeSpan.FromSeconds(3) });
        agent.AskToStop(TimeSpan.Zero);
        agent.Advance(TimeSpan.FromSeconds(3));
        Assert.That(Commands<AgentCommand.Kill>(agent), Has.Exactly(1).Items);
        agent.WorkerExited(TimeSpan.FromSeconds(3), 0, 0, new WorkerExit(137, []));
        Assert.That(Commands<AgentCommand.Exit>(agent).Single().Code, Is.EqualTo(ExitCode.Stopped));
    }

    private static void HearBoth(Agent agent, TimeSpan now, bool isAlive)
    {
        agent.Receive(now, new Beat());
        if (isAlive) agent.WorkerBeat(now, 0, 0);
        agent.Advance(now);
    }
}
