using Lhts.Launching;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Sources;

namespace Lhts.Trainer.Checkpoints;

/// <summary>What a stage saves of itself and goes on from: model, optimizer, objective, and the source's place.</summary>
/// <param name="state">Model, optimizer and objective.</param>
/// <param name="source">Whose sequences come next.</param>
/// <param name="store">The folders.</param>
/// <param name="every">Steps between two.</param>
/// <param name="ranks">The ranks, all of which call each method.</param>
internal sealed class StageCheckpoints(TrainingState state, ISequenceSource source, CheckpointStore store, long every, Ranks ranks)
{
    /// <summary>Whether a step is followed by a checkpoint.</summary>
    public bool IsDue(long step) => step % every == 0;

    /// <summary>Writes the checkpoint of a position; gives the bytes written.</summary>
    /// <exception cref="InvalidOperationException">The ranks' parameters differ.</exception>
    public long Save(Position position)
    {
        state.RequireEqual(ranks);
        var size = store.Save(
            position.Step, folder => state.Save(folder, position),
            folder =>
            {
                state.SaveShare(folder);
                source.Save(folder);
            },
            ranks);
        if (ranks.IsLeader) WorkerTies.ReportProgress();
        return size;
    }

    /// <summary>Takes over the newest sound checkpoint, if there is one, and gives every rank the leader's parameters.</summary>
    /// <param name="warn">Told of each damaged one.</param>
    /// <param name="stop">Ends the wait for the leader.</param>
    /// <returns>The position, and the folder it came from; null at the beginning.</returns>
    /// <exception cref="InvalidDataException">It does not fit the model, the objective or the data.</exception>
    public (Position Position, string Folder)? Resume(Action<string> warn, CancellationToken stop)
    {
        var newest = ranks.FromLeader(() => store.FindNewest(warn) ?? "", stop);
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
}
