using Lhts.Launching.Meeting;

namespace Lhts.Launching.Tests;

/// <summary>A coordinator by itself, in counted time: orders of messages that a whole cluster rarely brings about.</summary>
public sealed class CoordinatorTests
{
    private static readonly AgentSettings Settings = new() { Run = "x", NumAgents = 2, HeartbeatTimeout = TimeSpan.FromSeconds(5) };

    private static Join JoinOf(int agent, int generation = 0, int numAgents = 2) => new()
    {
        Run = "x", Instance = Guid.Empty, Agent = agent, NumAgents = numAgents, NumRanks = 1, Host = "h", ProcessId = 1, StorePort = 1, Generation = generation,
        Restarts = 0,
    };

    /// <summary>A coordinator whose agents 0 (its own) and 1 (at connection 1) work in generation 0.</summary>
    private static Coordinator Working(AgentSettings? settings = null, int numAgents = 2)
    {
        var coordinator = new Coordinator(settings ?? Settings, TimeSpan.Zero);
        for (var agent = 0; agent < numAgents; agent++) coordinator.Receive(TimeSpan.Zero, agent, JoinOf(agent, numAgents: numAgents));
        Assert.That(Sent<World>(coordinator, 1), Has.Exactly(1).Items);
        return coordinator;
    }

    /// <summary>Messages of a kind over a connection, among all that were sent since the last call.</summary>
    private static List<T> Sent<T>(Coordinator coordinator, int connection)
    {
        var sent = coordinator.Commands.OfType<CoordinatorCommand.Send>().Where(send => send.Connection == connection).Select(send => send.Message).OfType<T>()
            .ToList();
        coordinator.Commands.Clear();
        return sent;
    }

    [Test]
    public void Agent_ThatMissedItsGenerationBeforeItEnded_IsReadyForTheNext()
    {
        var coordinator = Working();
        coordinator.Receive(TimeSpan.FromSeconds(1), Coordinator.Local, new Failed(0, 137, "rank 0 fell"));
        coordinator.Receive(TimeSpan.FromSeconds(1), 1, JoinOf(1));
        Assert.That(Sent<World>(coordinator, 1), Is.Empty, "the generation is over");
        coordinator.Receive(TimeSpan.FromSeconds(2), Coordinator.Local, JoinOf(0, generation: 1));
        Assert.That(Sent<World>(coordinator, 1).Single().Generation, Is.EqualTo(1));
    }

    [Test]
    public void Workers_ThatStopInOrderToSave_StopNotTheRun()
    {
        var coordinator = Working(Settings with { NumAgents = 3, Elastic = new ElasticRange { Min = 2, Max = 3 } }, numAgents: 3);
        coordinator.Receive(TimeSpan.FromSeconds(1), 2, new Leaving());
        Assert.That(Sent<Regroup>(coordinator, 1).Single().Save, Is.True);
        coordinator.Receive(TimeSpan.FromSeconds(2), 1, new Stop(0)); // its worker heard of it from the other ranks before it did
        coordinator.Receive(TimeSpan.FromSeconds(2), 1, new Ended(ExitCode.Stopped, 0));
        foreach (var (agent, connection) in new[] { (0, Coordinator.Local), (1, 1), (2, 2) })
        {
            coordinator.Receive(TimeSpan.FromSeconds(3), connection, JoinOf(agent, 1, numAgents: 3));
        }

        coordinator.Advance(TimeSpan.FromSeconds(6));
        var sent = coordinator.Commands.OfType<CoordinatorCommand.Send>().ToList();
        Assert.That(sent.Where(send => send.Message is Ended { Code: ExitCode.Stopped }).Select(send => send.Connection), Is.EqualTo(new[] { 2 }));
        Assert.That(sent.Where(send => send.Message is World { Generation: 1, WorldSize: 2 }).Select(send => send.Connection), Is.EqualTo(new[] { 0, 1 }));
    }
}
