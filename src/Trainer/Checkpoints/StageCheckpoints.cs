using Lhts.Launching;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Sources;

namespace Lhts.Trainer.Checkpoints;

/// <summary>
/// What a stage saves of itself and goes on from: model, optimizer, objective, and the source's place. Tensors are copied to host memory between two steps and
/// written beside those that follow.
/// </summary>
/// <param name="state">Model, optimizer and objective.</param>
/// <param name="source">Whose sequences come next.</param>
/// <param name="store">The folders.</param>
/// <param name="every">Steps between two.</param>
/// <param name="ranks">The ranks, all of which call each method.</param>
/// <param name="time">The clock.</param>
internal sealed class StageCheckpoints(TrainingState state, ISequenceSource source, CheckpointStore store, long every, Ranks ranks, TimeProvider time)
    : IDisposable
{
    private readonly CheckpointWork work = new();

    /// <summary>Whether a step is followed by a checkpoint.</summary>
    /// <exception cref="IOException">The one before could not be written.</exception>
    public bool IsDue(long step)
    {
        work.Check();
        return step % every == 0;
    }

    /// <summary>Begins the checkpoint of a position, once the one before is complete.</summary>
    /// <param name="position">Where the stage stands.</param>
    /// <param name="completed">Told the bytes that were written and how long it took, in the leader and on another thread.</param>
    /// <exception cref="InvalidOperationException">The ranks' parameters differ.</exception>
    public void Save(Position position, Action<long, TimeSpan> completed)
    {
        state.RequireEqual(ranks);
        work.Wait();
        var start = time.GetTimestamp();
        var writing = store.Begin(position.Step, ranks);
        source.Save(writing.Own);
        var snapshot = state.Snapshot(position, ranks.IsLeader);
        work.Start(end =>
        {
            using (snapshot) snapshot.Write(writing.Own);
            var size = store.Complete(writing, ranks, end);
            if (!ranks.IsLeader) return;
            WorkerTies.ReportProgress();
            completed(size, time.GetElapsedTime(start));
        });
    }

    /// <summary>Waits until the last checkpoint is complete, on every rank.</summary>
    public void Complete()
    {
        work.Wait();
        ranks.Barrier(); // the leader's is complete when all are
    }

    /// <summary>Takes over the newest sound checkpoint, if there is one, and gives every rank the leader's parameters.</summary>
    /// <param name="warn">Told of each damaged one.</param>
    /// <param name="stop">Ends the wait for the leader.</param>
    /// <returns>The position, and the folder it came from; null at the beginning.</returns>
    /// <exception cref="InvalidDataException">It does not fit the model, the objective or the data.</exception>
    public (Position Position, string Folder)? Resume(Action<string> warn, CancellationToken stop)
    {
        var newest = ranks.FromLeader(() => store.FindNewest(warn) ?? "", stop, "the search for a checkpoint");
        if (newest.Length == 0)
        {
            state.Share(ranks);
            return null;
        }

        var position = state.Load(newest);
        source.Load(newest);
        state.Share(ranks);
        return (position, newest);
    }

    /// <inheritdoc/>
    public void Dispose() => work.Dispose();
}
