using Lhts.Launching.Meeting;

namespace Lhts.Launching.Tests;

/// <summary>A coordinator by itself, in counted time: orders of messages that a whole cluster rarely brings about.</summary>
public sealed class CoordinatorTests
{
    private static readonly AgentSettings Settings = new() { Run = "x", NumAgents = 2, HeartbeatTimeout = TimeSpan.FromSeconds(5) };

    private static Join JoinOf(int agent, int generation = 0, Guid? instance = null) => new()
    {
        Run = "x", Instance = instance ?? Guid.Empty, Agent = agent, NumAgents = 2, NumRanks = 1, Host = "h", ProcessId = 1, StorePort = 1, Generation = generation, Restarts = 0,
    };

    /// <summary>A coordinator whose agents 0 (its own) and 1 (at connection 1) work in generation 0.</summary>
    private static Coordinator Working(AgentSettings? settings = null)
    {
        var coordinator = new Coordinator(settings ?? Settings, TimeSpan.Zero);
        coordinator.Receive(TimeSpan.Zero, Coordinator.Local, JoinOf(0));
        coordinator.Receive(TimeSpan.Zero, 1, JoinOf(1));
        Assert.That(Sent<World>(coordinator, 1), Has.Exactly(1).Items);
        return coordinator;
    }

    /// <summary>Messages of a kind over a connection, among all that were sent since the last call.</summary>
    private static List<T> Sent<T>(Coordinator coordinator, int connection)
    {
        var sent = coordinator.Commands.OfType<CoordinatorCommand.Send>().Where(send => send.Connection == connection).Select(send => send.Message).OfType<T>().ToList();
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
}
