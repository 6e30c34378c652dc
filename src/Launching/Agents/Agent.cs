using Lhts.Launching.Meeting;

namespace Lhts.Launching.Agents;

/// <summary>
/// Starts, watches and ends the workers of one process of the run, as the coordinator says. Its workers live only while the coordinator is heard.
/// A pure state machine: events come in with the time, commands go out. For one thread.
/// </summary>
internal sealed partial class Agent
{
    /// <summary>How long an agent that leaves waits for its workers to be gone.</summary>
    internal static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    /// <summary>How long an agent without workers waits for the others when it is told to stop.</summary>
    internal static readonly TimeSpan StopAnswer = TimeSpan.FromSeconds(2);

    /// <summary>A signal so soon after the first is the same wish: terminals and schedulers send it to a process and to its group.</summary>
    private static readonly TimeSpan SameWish = TimeSpan.FromSeconds(1);

    private readonly AgentSettings settings;
    private readonly Func<int> findStorePort;
    private readonly Deadlines<Timer> deadlines = new();
    private readonly Queue<AgentCommand> commands = [];
    private TimeSpan now;
    private Phase phase = Phase.Connecting;
    private TimeSpan lastBeat;
    private TimeSpan? stopAskedAt;
    private int stopSeenIn = -1;
    private bool isLeaving;
    private bool isStopping;

    /// <summary>Makes an agent that goes to meet the others.</summary>
    /// <param name="settings">Who it is.</param>
    /// <param name="findStorePort">Finds a free port of this host.</param>
    /// <param name="now">The time.</param>
    public Agent(AgentSettings settings, Func<int> findStorePort, TimeSpan now)
    {
        (this.settings, this.findStorePort, this.now, lastBeat) = (settings, findStorePort, now, now);
        deadlines.Set(Timer.Beat, now + settings.BeatInterval);
        Seek();
    }

    private enum Phase
    {
        /// <summary>The coordinator is not reached.</summary>
        Connecting,

        /// <summary>No worker lives; the coordinator says what comes next.</summary>
        Meeting,

        /// <summary>Workers live.</summary>
        Working,

        /// <summary>Workers are being ended.</summary>
        Closing,

        /// <summary>This process ends.</summary>
        Leaving,
    }

    private enum Timer
    {
        Beat,
        Silence,
        Retry,
        Kill,
        Force,
        Leave,
    }

    /// <summary>What is to be done; the caller takes from it.</summary>
    public Queue<AgentCommand> Commands => commands;

    /// <summary>When <see cref="Advance"/> is to be called, or null.</summary>
    public TimeSpan? Due => deadlines.Next;

    /// <summary>Whether any worker lives.</summary>
    public bool HasWorkers => Living.Any();

    /// <summary>Takes a message of the coordinator.</summary>
    public void Receive(TimeSpan at, Message message)
    {
        now = at;
        if (!isConnected || phase == Phase.Leaving) return;
        var isLate = !IsWithCoordinator && now - lastHeard >= settings.HeartbeatTimeout;
        if (isLate && hasHeard)
        {
            LoseCoordinator("no sign of life"); // what comes now is old: the others went on without this agent
            return;
        }

        (lastHeard, hasHeard) = (now, true);
        switch (message)
        {
            case World when isLate: Join(); break; // its first word may be old too: is it meant still?
            case World when isLeaving: Join(); break;
            case World next: StartWorkers(next); break;
            case Regroup regroup: EndGeneration(regroup); break;
            case Stop: StopWorkers(); break;
            case Progressed: numRestarts = 0; break;
            case Ended ended: End(ended.Code); break;
            case Abort abort:
                Say(abort.Reason);
                End(abort.Code);
                break;
            case Notice notice: Say(notice.Text); break;
            default: break; // beats
        }

        if (isConnected) ExpectCoordinator();
    }

    /// <summary>
    /// Takes note that this process was told to end (SIGTERM or Ctrl-C). In an elastic run every agent but the first leaves, and the others go on; else the
    /// whole run stops. The second time nothing is waited for.
    /// </summary>
    public void AskToStop(TimeSpan at)
    {
        now = at;
        if (phase == Phase.Leaving) return;
        if (stopAskedAt is { } first)
        {
            if (now - first >= SameWish) EndNow("told to stop again");
            return;
        }

        stopAskedAt = now;
        deadlines.SetOnce(Timer.Force, now + settings.StopTimeout);
        isLeaving = settings.Elastic is not null && !IsWithCoordinator;
        if (phase == Phase.Connecting)
        {
            Leave(ExitCode.Stopped);
            return;
        }

        if (isConnected) Send(isLeaving ? new Leaving() : new Stop());
        if (phase == Phase.Meeting) deadlines.Set(Timer.Leave, now + StopAnswer);
    }

    /// <summary>Does what is due.</summary>
    public void Advance(TimeSpan at)
    {
        now = at;
        while (deadlines.TryTake(now, out var timer)) OnTimer(timer);
    }

    private void OnTimer(Timer timer)
    {
        switch (timer)
        {
            case Timer.Beat: OnBeat(); break;
            case Timer.Silence: OnSilence(); break;
            case Timer.Retry: commands.Enqueue(new AgentCommand.Connect()); break;
            case Timer.Kill: KillWorkers(); break;
            case Timer.Force: OnStopTimeout(); break;
            case Timer.Leave: Leave(phase == Phase.Meeting ? ExitCode.Stopped : leaveWith); break;
        }
    }

    private void OnBeat()
    {
        if (HasSlept)
        {
            foreach (var worker in Living) worker.LastBeat = now;
            if (deadlines.Has(Timer.Silence)) deadlines.Set(Timer.Silence, now + settings.BeatInterval);
        }

        lastBeat = now;
        deadlines.Set(Timer.Beat, now + settings.BeatInterval);
        if (isConnected) Send(new Beat());
        FindSilentWorkers();
    }

    /// <summary>Whether this process itself was stopped for a while: then nobody could be heard.</summary>
    private bool HasSlept => now - (lastBeat + settings.BeatInterval) > settings.HeartbeatTimeout / 2;

    private void Send(Message message) => commands.Enqueue(new AgentCommand.Send(message));

    private void Say(string text) => commands.Enqueue(new AgentCommand.Say(text));

    private void Leave(int code)
    {
        if (phase == Phase.Leaving) return;
        phase = Phase.Leaving;
        deadlines.ClearAllBut(Timer.Leave);
        deadlines.Clear(Timer.Leave);
        commands.Enqueue(new AgentCommand.Disconnect());
        commands.Enqueue(new AgentCommand.Exit(code));
    }
}
