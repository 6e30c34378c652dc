using System.Globalization;
using Lhts.Launching.Meeting;

namespace Lhts.Launching.Agents;

/// <summary>The workers of a generation.</summary>
internal sealed partial class Agent
{
    /// <summary>A worker that starts has this many heartbeat timeouts until its first sign of life: a runtime has to load.</summary>
    internal const int StartFactor = 4;

    private WorkerState[] workers = [];
    private int generation = -1;
    private int numRestarts;
    private int leaveWith;
    private AfterClosing after;

    private enum AfterClosing
    {
        /// <summary>Join the next generation.</summary>
        Join,

        /// <summary>Go to meet the coordinator.</summary>
        Seek,

        /// <summary>End this process, as the coordinator said.</summary>
        Leave,

        /// <summary>End this process with what its workers ended with: the coordinator is gone, and it was told to stop.</summary>
        LeaveAlone,
    }

    private IEnumerable<WorkerState> Living => workers.Where(worker => worker.IsAlive);

    /// <summary>Takes note that a worker runs.</summary>
    public void WorkerStarted(int ofGeneration, int index, int processId)
    {
        if (ofGeneration == generation) workers[index].ProcessId = processId;
    }

    /// <summary>Takes note of a worker's sign of life, and whether it has come further than ever.</summary>
    public void WorkerBeat(TimeSpan at, int ofGeneration, int index, bool hasProgressed = false)
    {
        if (ofGeneration != generation) return;
        workers[index].LastBeat = at;
        workers[index].HasBeaten = true;
        if (hasProgressed && isConnected) Send(new Progressed(generation));
    }

    /// <summary>Takes note that a worker has ended.</summary>
    public void WorkerExited(TimeSpan at, int ofGeneration, int index, WorkerExit exit)
    {
        now = at;
        if (ofGeneration != generation || workers[index].Exit is not null) return;
        var worker = workers[index];
        worker.Exit = exit;
        var isFailure = exit.Code != ExitCode.Done && !exit.IsStop;
        if (isFailure && !worker.IsKilled) Report(worker, exit.Code, exit.Describe());
        if (phase == Phase.Working && exit.IsStop && !isStopping && stopSeenIn != generation) TellStop(); // a signal to one rank is for all
        if (!HasWorkers) AllEnded();
    }

    private void TellStop()
    {
        stopSeenIn = generation;
        deadlines.SetOnce(Timer.Force, now + settings.StopTimeout);
        if (isConnected) Send(new Stop(generation));
    }

    private void AllEnded()
    {
        if (phase == Phase.Closing) AfterClosed();
        else if (phase == Phase.Working && (isStopping || workers.All(worker => worker.Exit!.Code == ExitCode.Done || worker.Exit.IsStop))) TellEnd();
    }

    private void StartWorkers(World next)
    {
        if (phase != Phase.Meeting || isStopping || next.Generation <= generation) return;
        phase = Phase.Working;
        deadlines.Clear(Timer.Leave);
        if (stopAskedAt is null) deadlines.Clear(Timer.Force); // workers of the last generation that stopped did so to save
        (generation, numRestarts) = (next.Generation, next.Restarts);
        workers = [.. Enumerable.Range(next.Offset, settings.NumRanks).Select(rank => new WorkerState(rank, settings.Host, now))];
        commands.Enqueue(new AgentCommand.Start(next));
    }

    private void FindSilentWorkers()
    {
        for (var index = 0; index < workers.Length; index++)
        {
            var worker = workers[index];
            var patience = worker.HasBeaten ? settings.HeartbeatTimeout : StartFactor * settings.HeartbeatTimeout;
            if (!worker.IsAlive || worker.IsKilled || now - worker.LastBeat < patience) continue;
            var silence = string.Create(CultureInfo.InvariantCulture, $"{(now - worker.LastBeat).TotalSeconds:0.#} s");
            Report(worker, ExitCode.Failed, worker.HasBeaten ? $"gave no sign of life for {silence}" : $"did not come to life within {silence}");
            Kill(index);
        }
    }

    /// <summary>Tells the coordinator of a failure.</summary>
    private void Report(WorkerState worker, int exitCode, string what)
    {
        if (worker.IsReported) return;
        worker.IsReported = true;
        if (isConnected) Send(new Failed(generation, exitCode, $"{worker.Name} {what}"));
    }

    private void EndGeneration(Regroup regroup)
    {
        if (regroup.Generation != generation || phase is not (Phase.Working or Phase.Meeting or Phase.Closing)) return;
        if (phase == Phase.Closing && after != AfterClosing.Join) return;
        if (regroup.Save) TerminateWorkers();
        CloseThen(AfterClosing.Join, regroup.Save ? null : settings.Grace);
    }

    private void StopWorkers()
    {
        if (isStopping) return;
        isStopping = true;
        deadlines.Clear(Timer.Leave);
        deadlines.SetOnce(Timer.Force, now + settings.StopTimeout);
        if (phase == Phase.Working && HasWorkers) TerminateWorkers();
        else if (!HasWorkers) TellEnd();
    }

    /// <summary>The time to save is over.</summary>
    private void OnStopTimeout()
    {
        var what = string.Create(CultureInfo.InvariantCulture, $"not all was saved within {settings.StopTimeout.TotalSeconds:0.#} s (distributed.stopTimeout)");
        if (!isStopping || !isConnected)
        {
            EndNow(what);
            return;
        }

        if (HasWorkers) Say($"{what}; ending this process's workers, the run goes on from its last checkpoint");
        leaveWith = ExitCode.Stopped;
        deadlines.Set(Timer.Leave, now + LongestEnd);
        KillWorkers();
    }

    /// <summary>Ends this process and its workers at once, whatever they were saving.</summary>
    private void EndNow(string why)
    {
        if (HasWorkers) Say($"{why}; ending this process's workers, the run goes on from its last checkpoint");
        leaveWith = ExitCode.Stopped;
        deadlines.Set(Timer.Leave, now + LongestEnd);
        CloseThen(AfterClosing.Leave, TimeSpan.Zero);
    }

    /// <summary>Ends this process, and its workers before.</summary>
    private void End(int code)
    {
        leaveWith = code;
        deadlines.Set(Timer.Leave, now + LongestEnd);
        CloseThen(AfterClosing.Leave, settings.Grace);
    }

    /// <summary>Waits for the workers to end, and ends them after a while.</summary>
    /// <param name="next">What is done then.</param>
    /// <param name="patience">How long they may take; null for as long as it takes.</param>
    private void CloseThen(AfterClosing next, TimeSpan? patience)
    {
        phase = Phase.Closing;
        after = next;
        deadlines.Clear(Timer.Kill);
        if (!HasWorkers) AfterClosed();
        else if (patience == TimeSpan.Zero) KillWorkers();
        else if (patience is { } time) deadlines.Set(Timer.Kill, now + time);
    }

    private void AfterClosed()
    {
        deadlines.Clear(Timer.Kill);
        if (after == AfterClosing.Seek) Seek();
        else if (after == AfterClosing.Leave) Leave(leaveWith);
        else if (after == AfterClosing.LeaveAlone) Leave(Outcome() is var code && code == ExitCode.LostPeers ? ExitCode.Failed : code);
        else if (isStopping) TellEnd();
        else if (workers.Length > 0 && workers.All(worker => worker.Exit?.Code == ExitCode.Done)) TellEnd();
        else Join();
    }

    /// <summary>Tells the coordinator that this agent's workers have ended in order, and waits for its word.</summary>
    private void TellEnd()
    {
        phase = Phase.Meeting;
        Send(new Ended(Outcome(), generation));
    }

    private int Outcome()
    {
        if (workers.Length == 0) return ExitCode.Stopped;
        var exits = workers.Select(worker => worker.Exit!).ToList();
        if (exits.TrueForAll(exit => exit.Code == ExitCode.Done)) return ExitCode.Done;
        if (isStopping && workers.Any(worker => worker.IsReported && worker.Exit!.Code != ExitCode.LostPeers)) return ExitCode.Failed;
        return exits.Exists(exit => exit.IsStop) || workers.All(worker => worker.IsKilled) ? ExitCode.Stopped : ExitCode.LostPeers;
    }

    private void TerminateWorkers()
    {
        for (var index = 0; index < workers.Length; index++)
        {
            if (!workers[index].IsAlive || workers[index].IsTerminated) continue;
            workers[index].IsTerminated = true;
            commands.Enqueue(new AgentCommand.Terminate(index));
        }
    }

    private void KillWorkers()
    {
        for (var index = 0; index < workers.Length; index++)
        {
            if (workers[index].IsAlive) Kill(index);
        }
    }

    private void Kill(int index)
    {
        workers[index].IsKilled = true;
        commands.Enqueue(new AgentCommand.Kill(index));
    }
}
