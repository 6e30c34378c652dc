using Lhts.Launching.Agents;
using Lhts.Launching.Meeting;

namespace Lhts.Launching.Tests;

/// <summary>Agents and their coordinator over a network and with workers that are only counted, in time that is only counted.</summary>
internal sealed class Cluster
{
    /// <summary>How long a message takes.</summary>
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);

    private readonly PriorityQueue<Action, (TimeSpan At, int Order)> events = new();
    private readonly Node[] nodes;
    private readonly AgentSettings settings;
    private readonly TimeSpan work;
    private readonly Dictionary<int, Coordinator?> formedBy = [];
    private Coordinator? coordinator;
    private TimeSpan coordinatorWake = TimeSpan.MaxValue;
    private int numEvents;
    private int numConnections;
    private TimeSpan now;

    /// <param name="numAgents">Agents; none is started yet.</param>
    /// <param name="elastic">As in the recipe.</param>
    /// <param name="work">How long a generation's workers work before they end with 0.</param>
    /// <param name="numRanks">Ranks of each agent.</param>
    public Cluster(int numAgents, ElasticRange? elastic = null, double work = 100, int numRanks = 2)
    {
        this.work = TimeSpan.FromSeconds(work);
        settings = new AgentSettings { Run = "'test'", NumAgents = numAgents, NumRanks = numRanks, Elastic = elastic,
            HeartbeatTimeout = TimeSpan.FromSeconds(5), RendezvousTimeout = TimeSpan.FromSeconds(60) };
        nodes = [.. Enumerable.Range(0, numAgents).Select(number => new Node(number))];
    }

    /// <summary>Each generation's worlds, in the order of the agents.</summary>
    public SortedDictionary<int, List<(int Agent, World World)>> Worlds { get; } = [];

    /// <summary>Whether workers of two generations were ever alive at a time.</summary>
    public bool HasOverlapped { get; private set; }

    /// <summary>Each agent's exit code; null while it runs.</summary>
    public int?[] ExitCodes => [.. nodes.Select(node => node.ExitCode)];

    /// <summary>Seconds since the start.</summary>
    public double Now => now.TotalSeconds;

    /// <summary>Ranks that work now.</summary>
    public int NumLiving => nodes.Sum(node => node.Workers.Count);

    /// <summary>Agents that have not ended.</summary>
    public int NumRunning => nodes.Count(node => node.Agent is not null);

    /// <summary>What an agent said.</summary>
    public string Said(int agent) => string.Join("\n", nodes[agent].Said);

    /// <summary>Starts an agent, or starts it again.</summary>
    public void Start(params int[] agents)
    {
        foreach (var number in agents)
        {
            var node = nodes[number];
            if (node.Agent is not null) continue;
            if (number == 0) (coordinator, coordinatorWake) = (new Coordinator(settings, now), TimeSpan.MaxValue);
            node.ExitCode = null;
            node.Wake = TimeSpan.MaxValue;
            node.Agent =
                new Agent(settings with { Agent = number, Instance = Guid.NewGuid(), Host = $"host{number}", ProcessId = 1000 + number }, () => 4000, now);
        }

        Settle();
    }

    /// <summary>SIGKILL of an agent: its workers end with it, its connections close.</summary>
    public void KillAgent(int number)
    {
        var node = nodes[number];
        node.Agent = null;
        node.Workers.Clear();
        if (number == 0)
        {
            coordinator = null;
            foreach (var other in nodes) Later(Latency, () => other.Agent?.Disconnected(now, "its connection was closed"));
        }
        else
        {
            CloseAtCoordinator(node);
        }

        node.Connection = null;
        node.IsCut = false; // a new process has connections of its own
        node.Held.Clear();
        Settle();
    }

    /// <summary>Nothing passes between an agent and agent 0 any more, and neither is told.</summary>
    public void Cut(int number) => nodes[number].IsCut = number != 0;

    /// <summary>The link works again, and TCP brings what was sent in between.</summary>
    public void Heal(int number)
    {
        nodes[number].IsCut = false;
        foreach (var delivery in nodes[number].Held) Later(Latency, delivery);
        nodes[number].Held.Clear();
    }

    /// <summary>A worker ends; its peers may notice.</summary>
    public void EndWorker(int number, int index, int code)
    {
        var node = nodes[number];
        if (node.Workers.TryGetValue(index, out var worker)) Exit(node, index, worker.World, code);
        Settle();
    }

    /// <summary>The first worker of an agent says that a checkpoint is complete.</summary>
    public void Progress(int number)
    {
        nodes[number].Agent?.WorkerBeat(now, nodes[number].Workers[0].World.Generation, 0, hasProgressed: true);
        Settle();
    }

    /// <summary>A worker gives no sign of life any more.</summary>
    public void Freeze(int number, int index)
    {
        if (nodes[number].Workers.TryGetValue(index, out var worker)) worker.IsFrozen = true;
    }

    /// <summary>SIGTERM of an agent.</summary>
    public void Signal(int number)
    {
        nodes[number].Agent?.AskToStop(now);
        Settle();
    }

    /// <summary>Lets time go on.</summary>
    public void Run(double seconds)
    {
        var end = now + TimeSpan.FromSeconds(seconds);
        while (events.TryPeek(out _, out var next) && next.At <= end)
        {
            var action = events.Dequeue();
            now = next.At;
            action();
            Settle();
        }

        now = end;
    }

    /// <summary>Has something arrive over an agent's link.</summary>
    private void Deliver(Node node, Action arrival) => Later(Latency, () =>
    {
        if (node.IsCut) node.Held.Add(arrival);
        else arrival();
    });

    private void Later(TimeSpan delay, Action action) => events.Enqueue(action, (now + delay, numEvents++));

    private void Settle()
    {
        while (coordinator is not null && coordinator.Commands.TryDequeue(out var command)) Do(command);
        foreach (var node in nodes)
        {
            while (node.Agent is not null && node.Agent.Commands.TryDequeue(out var command)) Do(node, command);
        }

        if (nodes[0].ExitCode is not null && coordinator is { IsDone: true }) coordinator = null;
        Wake();
        HasOverlapped |= nodes.SelectMany(node => node.Workers.Values.Select(worker => worker.World.Generation)).Distinct().Count() > 1;
    }

    private void Wake()
    {
        if (coordinator is { Due: { } due } awake && due != coordinatorWake)
        {
            coordinatorWake = due;
            Later(due - now, () => { if (coordinator == awake) awake.Advance(now); });
        }

        foreach (var node in nodes)
        {
            if (node.Agent is not { Due: { } at } agent || at == node.Wake) continue;
            node.Wake = at;
            Later(at - now, () => { if (node.Agent == agent) agent.Advance(now); });
        }
    }

    private void Do(CoordinatorCommand command)
    {
        var (from, node) = (coordinator!, nodes.FirstOrDefault(node => node.Connection == ConnectionOf(command)));
        if (node is null) return;
        var connection = node.Connection;
        Deliver(node, () =>
        {
            if (node.Connection != connection || (coordinator is not null && coordinator != from)) return;
            if (command is CoordinatorCommand.Send { Message: var message }) node.Agent?.Receive(now, message);
            else node.Agent?.Disconnected(now, "its connection was closed");
        });
    }

    private static int ConnectionOf(CoordinatorCommand command) => command switch
    {
        CoordinatorCommand.Send send => send.Connection,
        CoordinatorCommand.Close close => close.Connection,
        _ => -1,
    };

    private void Do(Node node, AgentCommand command)
    {
        switch (command)
        {
            case AgentCommand.Connect: Connect(node); break;
            case AgentCommand.Disconnect:
                CloseAtCoordinator(node);
                node.Connection = null;
                break;
            case AgentCommand.Send send: Send(node, send.Message); break;
            case AgentCommand.Start start: StartWorkers(node, start.World); break;
            case AgentCommand.Terminate terminate: Soon(node, terminate.Worker, 50, ExitCode.Stopped); break;
            case AgentCommand.Kill kill: Soon(node, kill.Worker, 0, 137); break;
            case AgentCommand.Say say: node.Said.Add(say.Text); break;
            case AgentCommand.Exit exit: (node.ExitCode, node.Agent) = (exit.Code, null); break;
        }
    }

    private void Connect(Node node)
    {
        var agent = node.Agent;
        Later(Latency, () =>
        {
            if (node.Agent != agent) return;
            if (coordinator is null || node.IsCut)
            {
                agent?.Disconnected(now, "no answer");
                return;
            }

            node.Connection = node.Number == 0 ? Coordinator.Local : ++numConnections;
            agent?.Connected(now);
        });
    }

    private void Send(Node node, Message message)
    {
        var (to, connection) = (coordinator, node.Connection);
        if (connection is null) return;
        Deliver(node, () =>
        {
            if (coordinator == to) to?.Receive(now, connection.Value, message);
        });
    }

    private void CloseAtCoordinator(Node node)
    {
        var (to, connection) = (coordinator, node.Connection);
        if (connection is null || node.Number == 0) return;
        Deliver(node, () =>
        {
            if (coordinator == to) to?.Close(now, connection.Value, "its connection was closed");
        });
    }

    private void StartWorkers(Node node, World world)
    {
        if (!Worlds.TryGetValue(world.Generation, out var worlds) || formedBy[world.Generation] != coordinator)
        {
            Worlds[world.Generation] = worlds = []; // the numbers begin anew where no agent is left that knows them
            formedBy[world.Generation] = coordinator;
        }

        worlds.Add((node.Number, world));
        for (var index = 0; index < settings.NumRanks; index++)
        {
            node.Workers[index] = new Worker(world);
            node.Agent!.WorkerStarted(world.Generation, index, (10 * world.Generation) + index);
            Beat(node, index, node.Workers[index]);
            Soon(node, index, (int)work.TotalMilliseconds, ExitCode.Done);
        }
    }

    private void Beat(Node node, int index, Worker worker)
    {
        if (node.Workers.GetValueOrDefault(index) != worker || worker.IsFrozen) return;
        node.Agent?.WorkerBeat(now, worker.World.Generation, index);
        Later(settings.BeatInterval, () => Beat(node, index, worker));
    }

    /// <summary>Has a worker end after a while, unless it has by then; a frozen one ends only when it is killed.</summary>
    private void Soon(Node node, int index, int milliseconds, int code)
    {
        if (!node.Workers.TryGetValue(index, out var worker)) return;
        Later(TimeSpan.FromMilliseconds(milliseconds), () =>
        {
            if (node.Workers.GetValueOrDefault(index) == worker && (code == 137 || !worker.IsFrozen)) Exit(node, index, worker.World, code);
        });
    }

    private void Exit(Node node, int index, World world, int code)
    {
        node.Workers.Remove(index);
        node.Agent?.WorkerExited(now, world.Generation, index, new WorkerExit(code, []));
        if (code is ExitCode.Done or ExitCode.Stopped or ExitCode.LostPeers) return;
        foreach (var peer in nodes) // every second rank finds out at once, the others wait for ever
        {
            for (var i = 0; i < settings.NumRanks; i += 2)
            {
                if (peer.Workers.GetValueOrDefault(i)?.World.Generation == world.Generation) Soon(peer, i, 0, ExitCode.LostPeers);
            }
        }
    }

    private sealed class Worker(World world)
    {
        public World World { get; } = world;

        public bool IsFrozen { get; set; }
    }

    private sealed class Node(int number)
    {
        public int Number { get; } = number;

        public Agent? Agent { get; set; }

        public int? Connection { get; set; }

        public bool IsCut { get; set; }

        public int? ExitCode { get; set; }

        public TimeSpan Wake { get; set; } = TimeSpan.MaxValue;

        public Dictionary<int, Worker> Workers { get; } = [];

        public List<Action> Held { get; } = [];

        public List<string> Said { get; } = [];
    }
}
