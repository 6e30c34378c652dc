namespace Lhts.Launching.Meeting;

/// <summary>
/// Brings the agents of a run together, generation after generation: forms one when enough agents are here, ends it when a rank or an agent fails, and
/// ends the run when all is done, when it is told to stop, or after too many failures. It lives in agent 0, whose rank 0 writes the checkpoints, and
/// never moves: where a network splits, only the side with agent 0 goes on.
/// A pure state machine: events come in with the time, commands go out. For one thread.
/// </summary>
/// <remarks>Not on c10d's TCPStore: its clients block in a receive that nothing bounds when a link is cut, and a store cannot say that a client is
/// gone.</remarks>
internal sealed partial class Coordinator
{
    private static readonly TimeSpan FirstWaiting = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan NextWaiting = TimeSpan.FromSeconds(30);

    private readonly AgentSettings settings;
    private readonly Roster roster;
    private readonly List<Newcomer> newcomers = [];
    private readonly Deadlines<Timer> deadlines = new();
    private readonly Queue<CoordinatorCommand> commands = [];
    private readonly RestartCounter restarts;
    private readonly TimeSpan start;
    private TimeSpan now;
    private Phase phase = Phase.Gathering;
    private TimeSpan gatheringSince;
    private TimeSpan lastChange;
    private int generation = -1;
    private int nextGeneration;
    private bool hasFormed;

    /// <summary>Makes a coordinator that waits for its agents.</summary>
    public Coordinator(AgentSettings settings, TimeSpan now)
    {
        this.settings = settings;
        this.now = start = lastBeat = now;
        roster = new Roster(settings.NumAgents, settings.Elastic);
        restarts = new RestartCounter(settings.MaxRestarts);
        deadlines.Set(Timer.Beat, now + settings.BeatInterval);
        Gather();
    }

    private enum Phase
    {
        /// <summary>Agents join; those of the generation before may still be ending their workers.</summary>
        Gathering,

        /// <summary>A generation works.</summary>
        Working,

        /// <summary>Every agent was told to stop.</summary>
        Stopping,

        /// <summary>Every agent was told that the run is over.</summary>
        Finishing,
    }

    private enum Timer
    {
        Beat,
        Cause,
        Settle,
        Growth,
        Meeting,
        Waiting,
        Newcomer,
        Finish,
    }

    /// <summary>What is to be done; the caller takes from it.</summary>
    public Queue<CoordinatorCommand> Commands => commands;

    /// <summary>When <see cref="Advance"/> is to be called, or null.</summary>
    public TimeSpan? Due => deadlines.Next;

    /// <summary>Whether the agents were told that the run is over.</summary>
    public bool IsFinishing => phase == Phase.Finishing;

    /// <summary>Whether the run is over and all agents but those of <see cref="Local"/> have left or had their time.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The connection of the agent in this process.</summary>
    public static int Local => 0;

    /// <summary>Takes a message.</summary>
    public void Receive(TimeSpan at, int connection, Message message)
    {
        now = at;
        if (roster.At(connection) is { } member) Take(member, message);
        else if (newcomers.Exists(newcomer => newcomer.Connection == connection)) return; // its beats
        else if (message is Join join) Admit(connection, join);
        else commands.Enqueue(new CoordinatorCommand.Close(connection));
    }

    /// <summary>Takes note that a connection is closed.</summary>
    public void Close(TimeSpan at, int connection, string why)
    {
        now = at;
        newcomers.RemoveAll(newcomer => newcomer.Connection == connection);
        if (roster.At(connection) is { } member) Lose(member, why);
    }

    /// <summary>Does what is due.</summary>
    public void Advance(TimeSpan at)
    {
        now = at;
        while (deadlines.TryTake(now, out var timer)) OnTimer(timer);
    }

    private void Take(Member member, Message message)
    {
        member.LastHeard = now;
        switch (message)
        {
            case Join join: Rejoin(member, join); break;
            case Failed failed: OnFailed(member, failed); break;
            case Ended ended: OnEnded(member, ended); break;
            case Stop stop: OnStop(stop); break;
            case Leaving: OnLeaving(member); break;
            case Progressed progressed: OnProgressed(progressed); break;
            case Beat: break;
            default: Expel(member, $"it sent a message that is not an agent's ({message.GetType().Name})"); break;
        }
    }

    private void OnTimer(Timer timer)
    {
        switch (timer)
        {
            case Timer.Beat: OnBeat(); break;
            case Timer.Cause: Announce(); break;
            case Timer.Settle: TryForm(); break;
            case Timer.Growth: Grow(); break;
            case Timer.Meeting: Finish(ExitCode.Failed, $"waited {Seconds(settings.RendezvousTimeout)} s: {Waiting()}"); break;
            case Timer.Waiting: Remind(); break;
            case Timer.Newcomer: RefuseDuplicates(); break;
            case Timer.Finish: IsDone = true; break;
        }
    }

    private void OnBeat()
    {
        // Where this process itself was stopped for a while, nobody could be heard.
        var hasSlept = now - (lastBeat + settings.BeatInterval) > settings.HeartbeatTimeout / 2;
        lastBeat = now;
        deadlines.Set(Timer.Beat, now + settings.BeatInterval);
        foreach (var member in roster.All.ToList())
        {
            if (hasSlept) member.LastHeard = now;
            if (member.Connection != Local
                && now - member.LastHeard >= settings.HeartbeatTimeout) Expel(member, $"no sign of life for {Seconds(now - member.LastHeard)} s");
            else Send(member, new Beat());
        }

        foreach (var newcomer in newcomers) commands.Enqueue(new CoordinatorCommand.Send(newcomer.Connection, new Beat()));
    }

    private void Remind()
    {
        deadlines.Set(Timer.Waiting, now + NextWaiting);
        var left = gatheringSince + settings.RendezvousTimeout - now;
        Broadcast(new Notice($"{Waiting()}; {Seconds(left)} s left"));
    }

    /// <summary>What a generation is waiting for.</summary>
    private string Waiting()
    {
        var busy = roster.All.Where(member => member.State == MemberState.Working).Select(member => member.Name).ToList();
        if (busy.Count > 0) return $"{string.Join(", ", busy)} still ends its workers";
        var missing = string.Join(", ", roster.Missing);
        return settings.Elastic is { } elastic && Roster.NumRanks(roster.All) < elastic.Min
            ? $"{Roster.NumRanks(roster.All)} ranks are here and {elastic.Min} are needed; agents {missing} of {settings.NumAgents} (by RANK) are missing"
            : $"agents {missing} of {settings.NumAgents} (by RANK) are missing";
    }

    private void Send(Member member, Message message) => commands.Enqueue(new CoordinatorCommand.Send(member.Connection, message));

    private void Broadcast(Message message)
    {
        foreach (var member in roster.All) Send(member, message);
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.#", System.Globalization.CultureInfo.InvariantCulture);
}
