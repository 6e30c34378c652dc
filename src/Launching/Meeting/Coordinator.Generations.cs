namespace Lhts.Launching.Meeting;

/// <summary>How generations form and end.</summary>
internal sealed partial class Coordinator
{
    private string? stopFailure;
    private Message? last;

    /// <summary>Whether the generation was asked to save and end: then its workers stop, and nobody asked for that of the run.</summary>
    private bool isSaving;

    private bool CanGrow => settings.Elastic is not null && Roster.NumRanks(roster.Choose()) > Roster.NumRanks(roster.Generation);

    private void Gather()
    {
        phase = Phase.Gathering;
        gatheringSince = now;
        deadlines.Clear(Timer.Growth);
        deadlines.Set(Timer.Meeting, now + settings.RendezvousTimeout);
        deadlines.Set(Timer.Waiting, now + FirstWaiting);
    }

    /// <summary>Forms the next generation where all that it takes are here, ready, and no failure still waits for its cause.</summary>
    private void TryForm()
    {
        if (phase != Phase.Gathering || deadlines.Has(Timer.Cause) || roster.Of(0) is null) return;
        if (roster.All.Any(member => member.State == MemberState.Working)) return;
        var chosen = roster.Choose();
        var numRanks = Roster.NumRanks(chosen);
        if (settings.Elastic is { } elastic && numRanks < elastic.Min)
        {
            if (roster.IsFull)
            {
                Finish(ExitCode.BadInput, $"all {settings.NumAgents} agents bring {numRanks} ranks only, but distributed.elastic.min is {elastic.Min}.");
            }

            return;
        }

        var isWhole = roster.IsFull || numRanks == settings.Elastic?.Max;
        var settled = Settled();
        if (isWhole || (settings.Elastic is not null && now >= settled)) Form(chosen, numRanks);
        else if (settings.Elastic is not null) deadlines.Set(Timer.Settle, settled);
    }

    /// <summary>When an elastic run has waited long enough for more agents; where this coordinator is new, until ranks of one before it have ended.</summary>
    private TimeSpan Settled()
    {
        var settled = (lastChange > gatheringSince ? lastChange : gatheringSince) + settings.Settle;
        var first = start + settings.HeartbeatTimeout + settings.Settle;
        return hasFormed || settled > first ? settled : first;
    }

    private void Form(IReadOnlyList<Member> chosen, int numRanks)
    {
        phase = Phase.Working;
        generation = nextGeneration++;
        deadlines.ClearAllBut(Timer.Beat);
        if (newcomers.Count > 0) deadlines.Set(Timer.Newcomer, now);
        if (restarts.Cause is not null) Broadcast(new Notice(restarts.Recovery(numRanks, now)));
        else if (hasFormed) Broadcast(new Notice($"generation {generation}: {RestartCounter.Ranks(numRanks)} here now"));
        restarts.Recover();
        (hasFormed, isSaving) = (true, false);
        foreach (var member in roster.All)
        {
            member.IsInGeneration = false;
            member.State = MemberState.Ready;
        }

        var offset = 0;
        var storePort = chosen[0].Join.StorePort;
        foreach (var member in chosen)
        {
            member.IsInGeneration = true;
            member.State = MemberState.Working;
            member.World = new World(generation, offset, numRanks, settings.MasterAddress, storePort, restarts.NumRestarts);
            Send(member, member.World);
            offset += member.Join.NumRanks;
        }
    }

    /// <summary>Every agent ends its workers and joins again.</summary>
    private void Dissolve(bool save)
    {
        Gather();
        isSaving = save;
        foreach (var member in roster.All.Where(member => member.IsInGeneration)) Send(member, new Regroup(generation, save));
    }

    private void Grow()
    {
        if (phase == Phase.Working && CanGrow) Dissolve(save: true);
    }

    private void OnFailed(Member member, Failed failed)
    {
        if (failed.Generation != generation || !member.IsInGeneration || phase == Phase.Finishing) return;
        var isSecondary = failed.ExitCode == ExitCode.LostPeers;
        if (failed.ExitCode == ExitCode.BadInput) Finish(ExitCode.BadInput, failed.Text);
        else if (phase == Phase.Stopping) stopFailure ??= isSecondary ? null : failed.Text;
        else Fail(new Failure(failed.Text, isSecondary));
    }

    private void Fail(Failure failure)
    {
        if (restarts.Cause is null)
        {
            restarts.Note(failure, now);
            if (failure.IsSecondary) deadlines.Set(Timer.Cause, now + settings.Grace);
            Dissolve(save: false);
            if (!failure.IsSecondary) Announce();
        }
        else if (deadlines.Has(Timer.Cause) && !failure.IsSecondary)
        {
            restarts.Note(failure, now);
            Announce();
        }
    }

    /// <summary>A run that fails now and then but comes further each time is not given up.</summary>
    private void OnProgressed(Progressed progressed)
    {
        if (progressed.Generation != generation || phase != Phase.Working || restarts.NumRestarts == 0) return;
        restarts.Forget();
        Broadcast(progressed);
    }

    private void Announce()
    {
        deadlines.Clear(Timer.Cause);
        restarts.Count();
        if (restarts.IsExceeded)
        {
            Finish(ExitCode.Failed, restarts.GiveUp());
            return;
        }

        Broadcast(new Notice(restarts.Cause!.Text));
        TryForm();
    }

    private void OnEnded(Member member, Ended ended)
    {
        if (member.State == MemberState.Working && ended.Generation != generation) return; // sent before it heard of its workers
        if (isSaving && ended.Code == ExitCode.Stopped) return; // as it was asked to; it joins again
        member.State = MemberState.Ended;
        member.EndedWith = ended.Code;
        if (phase is Phase.Working or Phase.Gathering && ended.Code == ExitCode.Stopped) BeginStop();
        else if (phase == Phase.Working) CheckDone();
        else if (phase == Phase.Stopping) CheckStopped();
        else if (phase == Phase.Gathering) CheckDoneBeforeGrowth();
    }

    /// <summary>The run is done when the workers of the whole generation are.</summary>
    private void CheckDone()
    {
        if (roster.Generation.All(member => member.State == MemberState.Ended)) Finish(ExitCode.Done, "");
    }

    private void CheckDoneBeforeGrowth()
    {
        if (restarts.Cause is null && hasFormed) CheckDone();
        TryForm();
    }

    /// <summary>A signal to one agent or rank is for all; but workers that stop in order to save stop for that only.</summary>
    private void OnStop(Stop stop)
    {
        if (stop.Generation < 0 || (stop.Generation == generation && !isSaving)) BeginStop();
    }

    private void BeginStop()
    {
        if (phase is Phase.Stopping or Phase.Finishing) return;
        phase = Phase.Stopping;
        deadlines.ClearAllBut(Timer.Beat);
        Broadcast(new Stop());
        foreach (var newcomer in newcomers) Dismiss(newcomer.Connection, new Ended(ExitCode.Stopped));
        newcomers.Clear();
        CheckStopped();
    }

    private void CheckStopped()
    {
        if (roster.All.Any(member => member.State != MemberState.Ended)) return;
        var codes = roster.All.Select(member => member.EndedWith).ToList();
        if (stopFailure is not null || codes.Contains(ExitCode.Failed)) Finish(ExitCode.Failed, stopFailure ?? "a rank failed while the run was stopping");
        else if (codes.TrueForAll(code => code == ExitCode.Done)) Finish(ExitCode.Done, "");
        else if (codes.Contains(ExitCode.Stopped)) Finish(ExitCode.Stopped, "");
        else Finish(ExitCode.Failed, "the ranks lost each other while the run was stopping");
    }

    /// <summary>Tells all that the run is over. The coordinator leaves last, so that none is left to wait for it.</summary>
    private void Finish(int code, string reason)
    {
        if (phase == Phase.Finishing) return;
        phase = Phase.Finishing;
        last = code is ExitCode.Done or ExitCode.Stopped ? new Ended(code) : new Abort(code, reason);
        deadlines.ClearAllBut(Timer.Beat);
        deadlines.Set(Timer.Finish, now + settings.HeartbeatTimeout + Agents.Agent.LongestEnd);
        Broadcast(last);
        foreach (var newcomer in newcomers) Dismiss(newcomer.Connection, last);
        newcomers.Clear();
        CheckLeft();
    }

    private void CheckLeft() => IsDone |= roster.All.All(member => member.Connection == Local);
}
