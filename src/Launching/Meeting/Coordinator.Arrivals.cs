namespace Lhts.Launching.Meeting;

/// <summary>Who comes and goes.</summary>
internal sealed partial class Coordinator
{
    /// <summary>A bound for counts that agents send, far above any run's.</summary>
    private const int MaxCount = 1_000_000;

    private TimeSpan lastBeat;

    /// <summary>An agent whose number is taken: it waits whether the one before it is still alive.</summary>
    private sealed record Newcomer(int Connection, Join Join, TimeSpan Since);

    private void Admit(int connection, Join join)
    {
        if (Refusal(join) is { } reason)
        {
            Dismiss(connection, new Abort(ExitCode.BadInput, reason));
        }
        else if (phase is Phase.Finishing or Phase.Stopping)
        {
            Dismiss(connection, phase == Phase.Stopping ? new Ended(ExitCode.Stopped) : last!);
        }
        else if (roster.Of(join.Agent) is { } existing && existing.Join.Instance != join.Instance)
        {
            newcomers.Add(new Newcomer(connection, join, now));
            deadlines.SetOnce(Timer.Newcomer, now + 2 * settings.HeartbeatTimeout);
        }
        else
        {
            if (roster.Of(join.Agent) is { } former) Expel(former, "it came back over another connection");
            Enter(new Member(connection, join, now));
        }
    }

    private string? Refusal(Join join) =>
        join.Run != settings.Run
            ? $"{settings.MasterAddress}:{settings.MasterPort} runs {settings.Run}, but this process was given {join.Run}; start all with the same recipe."
        : join.NumAgents != settings.NumAgents ? $"WORLD_SIZE is {join.NumAgents} here, but {settings.NumAgents} for agent 0; start all with the same."
        : join.Agent < 0 || join.Agent >= settings.NumAgents ? $"RANK is {join.Agent}, but must be from 0 to {settings.NumAgents - 1}."
        : join.NumRanks is < 1 or > ushort.MaxValue ? $"{join.NumRanks} ranks of one process are not from 1 to {ushort.MaxValue}."
        : join.Generation is < 0 or > MaxCount || join.Restarts is < 0 or > MaxCount
            ? $"{join.Generation} generations with {join.Restarts} restarts are not from 0 to {MaxCount}."
        : null;

    private void Dismiss(int connection, Message message)
    {
        commands.Enqueue(new CoordinatorCommand.Send(connection, message));
        commands.Enqueue(new CoordinatorCommand.Close(connection));
    }

    private void Enter(Member member)
    {
        roster.Add(member);
        if (!hasFormed && member.Join.Generation > nextGeneration) TakeOver(member.Join);
        nextGeneration = Math.Max(nextGeneration, member.Join.Generation); // no agent is told a number twice
        if (phase == Phase.Gathering)
        {
            lastChange = now;
            TryForm();
        }
        else if (phase == Phase.Working && CanGrow)
        {
            deadlines.Set(Timer.Growth, now + settings.Settle);
        }
    }

    /// <summary>This agent 0 was started after another of its run, whose loss counts.</summary>
    private void TakeOver(Join join)
    {
        restarts.Note(new Failure("agent 0 was lost and started again", IsSecondary: false), now);
        if (join.Restarts >= restarts.NumRestarts) restarts.Count(join.Restarts);
        if (restarts.IsExceeded) Finish(ExitCode.Failed, restarts.GiveUp());
    }

    /// <summary>An agent that has ended its workers is ready for the next generation.</summary>
    private void Rejoin(Member member, Join join)
    {
        if (join.Agent != member.Join.Agent || Refusal(join) is not null)
        {
            Expel(member, "it changed its number");
            return;
        }

        if (member.IsLeaving)
        {
            Release(member);
            return;
        }

        if (phase == Phase.Working && member is { State: MemberState.Working, World: { } world } && join.Generation <= generation)
        {
            Send(member, world); // it has not heard of its workers, or doubts that they are meant still
            return;
        }

        member.Join = join;
        member.State = MemberState.Ready;
        if (phase == Phase.Gathering) TryForm();
    }

    /// <summary>An agent was told to end. The others of an elastic run save, and meet again without it; agent 0 cannot be done without.</summary>
    private void OnLeaving(Member member)
    {
        if (settings.Elastic is null || member.Connection == Local)
        {
            BeginStop();
            return;
        }

        if (phase is Phase.Stopping or Phase.Finishing) return;
        member.IsLeaving = true;
        if (member.State == MemberState.Ready)
        {
            Release(member);
        }
        else if (phase == Phase.Working)
        {
            Broadcast(new Notice($"{member.Name} leaves; the others save and go on"));
            Dissolve(save: true);
        }
    }

    /// <summary>An agent that leaves has no workers any more: it is told that it may go.</summary>
    private void Release(Member member)
    {
        Dismiss(member.Connection, new Ended(ExitCode.Stopped));
        roster.Remove(member);
        lastChange = now;
        if (phase == Phase.Gathering) TryForm();
        AdmitNewcomer(member.Join.Agent);
    }

    /// <summary>Ends a connection and loses its agent.</summary>
    private void Expel(Member member, string why)
    {
        commands.Enqueue(new CoordinatorCommand.Close(member.Connection));
        Lose(member, why);
    }

    private void Lose(Member member, string why)
    {
        roster.Remove(member);
        lastChange = now;
        if (phase is Phase.Working or Phase.Gathering && member is { IsInGeneration: true, State: MemberState.Working })
        {
            Fail(new Failure($"{member.Name} was lost: {why}", IsSecondary: false));
        }
        else if (phase == Phase.Working)
        {
            CheckDone();
        }
        else if (phase == Phase.Stopping)
        {
            if (member.State != MemberState.Ended) stopFailure ??= $"{member.Name} was lost while the run was stopping: {why}";
            CheckStopped();
        }

        if (phase == Phase.Gathering) TryForm();
        if (phase == Phase.Finishing) CheckLeft();
        AdmitNewcomer(member.Join.Agent);
    }

    private void AdmitNewcomer(int agent)
    {
        if (newcomers.Find(newcomer => newcomer.Join.Agent == agent) is not { } next) return;
        newcomers.Remove(next);
        Admit(next.Connection, next.Join);
    }

    /// <summary>The one that was there before is alive still: two processes were started with one number.</summary>
    private void RefuseDuplicates()
    {
        var patience = 2 * settings.HeartbeatTimeout;
        foreach (var newcomer in newcomers.Where(newcomer => now - newcomer.Since >= patience).ToList())
        {
            newcomers.Remove(newcomer);
            var name = roster.Of(newcomer.Join.Agent)!.Name;
            Dismiss(newcomer.Connection, new Abort(ExitCode.BadInput, $"{name} is there already and alive; give each process a RANK of its own."));
        }

        if (newcomers.Count > 0) deadlines.Set(Timer.Newcomer, newcomers.Min(newcomer => newcomer.Since) + patience);
    }
}
