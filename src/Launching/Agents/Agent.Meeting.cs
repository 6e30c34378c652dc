using Lhts.Launching.Meeting;

namespace Lhts.Launching.Agents;

/// <summary>The way to the coordinator.</summary>
internal sealed partial class Agent
{
    private static readonly TimeSpan SayAgain = TimeSpan.FromSeconds(30);

    private TimeSpan waitingSince;
    private TimeSpan lastSaid;
    private string? lastTrouble;
    private TimeSpan lastHeard;
    private bool isConnected;
    private bool hasHeard;

    /// <summary>Whether the coordinator lives in this process and is heard whenever this agent is.</summary>
    private bool IsWithCoordinator => settings.Agent == 0;

    /// <summary>Takes note that the coordinator is reached.</summary>
    public void Connected(TimeSpan at)
    {
        now = at;
        if (phase != Phase.Connecting) return;
        (isConnected, lastHeard, hasHeard, lastTrouble) = (true, now, false, null);
        Join();
        ExpectCoordinator();
    }

    /// <summary>Takes note that the coordinator could not be reached, or is not any more.</summary>
    public void Disconnected(TimeSpan at, string why)
    {
        now = at;
        if (isConnected) LoseCoordinator(why);
        else if (phase == Phase.Connecting) TryAgain(why);
    }

    /// <summary>Workers live only while the coordinator is heard; one that has not said a word yet may be only starting.</summary>
    private void ExpectCoordinator()
    {
        if (phase != Phase.Leaving && !IsWithCoordinator)
        {
            deadlines.Set(Timer.Silence, now + (hasHeard ? settings.HeartbeatTimeout : StartFactor * settings.HeartbeatTimeout));
        }
    }

    private void OnSilence()
    {
        if (HasSlept) deadlines.Set(Timer.Silence, now + settings.BeatInterval);
        else LoseCoordinator("no sign of life");
    }

    /// <summary>Goes to meet the coordinator.</summary>
    private void Seek()
    {
        phase = Phase.Connecting;
        waitingSince = now;
        commands.Enqueue(new AgentCommand.Connect());
    }

    private void TryAgain(string why)
    {
        var waited = now - waitingSince;
        var (place, left) = ($"{settings.MasterAddress}:{settings.MasterPort}", settings.RendezvousTimeout - waited);
        if (left <= TimeSpan.Zero)
        {
            Say($"agent 0 could not be reached at {place} for {waited.TotalSeconds:0} s: {why}");
            Leave(ExitCode.Failed);
            return;
        }

        if (waited >= settings.BeatInterval && (why != lastTrouble || now - lastSaid >= SayAgain))
        {
            (lastTrouble, lastSaid) = (why, now);
            Say($"waiting for agent 0 at {place} ({left.TotalSeconds:0} s left): {why}");
        }

        deadlines.Set(Timer.Retry, now + settings.BeatInterval / 3);
    }

    private void LoseCoordinator(string why)
    {
        isConnected = false;
        deadlines.Clear(Timer.Silence);
        commands.Enqueue(new AgentCommand.Disconnect());
        if (phase == Phase.Leaving) return;
        if (phase == Phase.Closing && after is AfterClosing.Leave or AfterClosing.LeaveAlone) return;
        if (isStopping || stopAskedAt is not null || (stopSeenIn >= 0 && stopSeenIn == generation))
        {
            CloseThen(AfterClosing.LeaveAlone, isStopping ? null : TimeSpan.Zero); // workers that were told to stop save their checkpoint
            return;
        }

        if (!hasHeard && !HasWorkers)
        {
            phase = Phase.Connecting; // what was reached there does not answer this process
            TryAgain(why);
            return;
        }

        Say(HasWorkers ? $"agent 0 was lost: {why}; ending this process's workers until it is back" : $"agent 0 was lost: {why}");
        CloseThen(AfterClosing.Seek, TimeSpan.Zero);
    }

    private void Join()
    {
        phase = Phase.Meeting;
        Send(new Join
        {
            Run = settings.Run, Instance = settings.Instance, Agent = settings.Agent, NumAgents = settings.NumAgents, NumRanks = settings.NumRanks,
            Host = settings.Host, ProcessId = settings.ProcessId, StorePort = IsWithCoordinator ? findStorePort() : 0, Generation = generation + 1,
            Restarts = numRestarts,
        });
    }
}
