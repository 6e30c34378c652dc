using Lhts.Data.Batching;
using Lhts.Objectives;
using Lhts.Telemetry;
using Lhts.Trainer.Checkpoints;
using Lhts.Trainer.Evaluations;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Sources;

namespace Lhts.Trainer.Training;

/// <summary>
/// Steps until the recipe's number is reached or a stop is asked for; checkpoints on the way and at the end. A stop that any rank is asked for ends all
/// ranks after the same step.
/// </summary>
internal sealed class TrainingLoop(
    TrainingStep step, OptimizationRecipe training, TrainingState state, CheckpointStore checkpoints, long checkpointEvery, StepRecorder recorder, PhaseClock clock,
    EvaluationOnTheWay? evaluation, TeacherSamples? samples, Ranks ranks)
{
    /// <summary>Trains on from a position.</summary>
    /// <param name="batches">The data from that position on.</param>
    /// <param name="start">The position.</param>
    /// <param name="stop">Asks for a stop: the step in hand is finished and saved.</param>
    /// <returns>The position at the end.</returns>
    /// <exception cref="OperationCanceledException">A stop was asked for; a checkpoint of the last step is saved.</exception>
    public Position Run(IEnumerable<StepBatch> batches, Position start, CancellationToken stop)
    {
        var (position, saved) = (start, start.Step);
        clock.BeginStep();
        try
        {
            foreach (var read in Timed(batches))
            {
                var batch = Completed(read, ranks.Interruption(stop));
                var result = step.Run(batch, LearningRate.ShareAt(position.Step, training));
                position = position with { Step = position.Step + 1, Data = batch.NextState };
                var shared = ranks.Sum(stop.IsCancellationRequested ? 1 : 0, batch.NumPositions - batch.NumTokens);
                recorder.Record(position, batch, (long)shared[1], result, LearningRate.At(position.Step - 1, training), clock.EndStep());
                Evaluate(position.Step);
                if (position.Step == training.Steps) break;
                if (shared[0] > 0) throw new StopException();
                if (position.Step % checkpointEvery == 0) saved = Save(position);
            }
        }
        catch (OperationCanceledException)
        {
            if (position.Step != saved) Save(position);
            ranks.Part(); // the leader's end is the store's
            throw;
        }

        if (position.Step != saved) Save(position);
        return position;
    }

    private StepBatch Completed(StepBatch batch, CancellationToken stop)
    {
        if (samples is null) return batch;
        using var measured = clock.Measure(StepPhase.Teacher);
        return samples.Complete(batch, stop);
    }

    /// <summary>Before the checkpoint of the same step, so that a resumed run lacks no evaluation. Its time belongs to no step.</summary>
    private void Evaluate(long step)
    {
        if (evaluation?.IsDue(step) is not true) return;
        ranks.LeaderOnly(() => evaluation.Run(step), CancellationToken.None);
        clock.BeginStep();
    }

    private long Save(Position position)
    {
        using var measured = clock.Measure(StepPhase.Checkpoint);
        state.RequireEqual(ranks);
        recorder.RecordCheckpoint(() => checkpoints.Save(position.Step, folder => state.Save(folder, position), state.SaveShare, ranks));
        return position.Step;
    }

    private IEnumerable<StepBatch> Timed(IEnumerable<StepBatch> batches)
    {
        using var items = batches.GetEnumerator();
        while (true)
        {
            using (clock.Measure(StepPhase.DataWait))
            {
                if (!items.MoveNext()) yield break;
            }

            yield return items.Current;
        }
    }
}
