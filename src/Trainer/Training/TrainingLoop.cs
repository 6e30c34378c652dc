using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Lhts.Distributed;
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
/// <param name="source">Gives each step's sequences.</param>
/// <param name="step">Makes a step of them.</param>
/// <param name="training">Number of steps, learning rate.</param>
/// <param name="checkpoints">Saves what the run goes on from.</param>
/// <param name="recorder">Takes the figures.</param>
/// <param name="ranks">The processes that share the steps.</param>
internal sealed class TrainingLoop(
    ISequenceSource source, TrainingStep step, OptimizationRecipe training, StageCheckpoints checkpoints, StepRecorder recorder, Ranks ranks)
{
    /// <summary>Looks at the student on the way. Default null: nobody does.</summary>
    public EvaluationOnTheWay? Evaluation { get; init; }

    /// <summary>Bounds how far a step moves the student. Default null: nothing does.</summary>
    public TrustRegion? TrustRegion { get; init; }

    /// <summary>Trains on from a position.</summary>
    /// <param name="start">The position, which the source has too.</param>
    /// <param name="stop">Asks for a stop: the step in hand is finished and saved.</param>
    /// <returns>The position at the end.</returns>
    /// <exception cref="OperationCanceledException">A stop was asked for; a checkpoint of the last step is saved.</exception>
    /// <exception cref="InvalidDataException">There are no sequences for the next step; a checkpoint of the last one is saved.</exception>
    public Position Run(Position start, CancellationToken stop)
    {
        var (position, saved) = (start, start.Step);
        recorder.Clock.BeginStep();
        while (position.Step < training.Steps)
        {
            // Before a source is asked for the step: what it gives for one that is not made would be missing when the run goes on.
            if (ranks.Sum(stop.IsCancellationRequested ? 1 : 0)[0] > 0) EndEarly(position, saved, ExceptionDispatchInfo.Capture(new StopException()));
            var next = Next(position.Step, stop);
            if (next.End is not null) EndEarly(position, saved, next.End);
            var sequences = next.Sequences!;
            var result = step.Run(sequences, position.RateShare * LearningRate.ShareAt(position.Step, training));
            source.Done(position.Step);
            var rate = position.RateShare * LearningRate.At(position.Step, training);
            position = position with { Step = position.Step + 1, RateShare = TrustRegion?.Next(position.RateShare, result.Divergence) ?? 1 };
            recorder.Record(position.Step, sequences, source, next.Padding, result, rate);
            Evaluate(position.Step);
            if (position.Step < training.Steps && checkpoints.IsDue(position.Step)) saved = Save(position);
        }

        if (position.Step != saved) Save(position);
        checkpoints.Complete();
        return position;
    }

    /// <summary>
    /// The sequences of a step, on which all ranks agree: one that cannot have its own ends all of them before the step.
    /// </summary>
    private NextStep Next(long number, CancellationToken stop)
    {
        StepSequences? sequences = null;
        Exception? failure = null;
        try
        {
            sequences = new StepSequences(number, source.Next(number, ranks.Interruption(stop)));
        }
        catch (Exception caught)
        {
            failure = caught;
        }

        var shared = ranks.Sum(failure is null ? 0 : 1, sequences is null ? 0 : sequences.NumPositions - sequences.NumTokens);
        if (shared[0] > 0) failure ??= new DistributedException("another rank has no sequences for its next step, and says why; the last step is saved.");
        return new NextStep(sequences, (long)shared[1], failure is null ? null : ExceptionDispatchInfo.Capture(failure));
    }

    [DoesNotReturn]
    private void EndEarly(Position position, long saved, ExceptionDispatchInfo end)
    {
        if (position.Step != saved) Save(position);
        checkpoints.Complete(); // the leader's end is the store's
        if (position.Step > 0 && end.SourceException is not OperationCanceledException) recorder.Say($"step {position.Step} is saved");
        end.Throw();
    }

    /// <summary>Before the checkpoint of the same step, so that a resumed run lacks no evaluation. Its time belongs to no step.</summary>
    private void Evaluate(long number)
    {
        if (Evaluation?.IsDue(number) is not true) return;
        ranks.LeaderOnly(() => Evaluation.Run(number), CancellationToken.None);
        recorder.Clock.BeginStep();
    }

    private long Save(Position position)
    {
        recorder.RecordCheckpoint(completed => checkpoints.Save(position, completed));
        return position.Step;
    }
}

/// <summary>What comes next.</summary>
/// <param name="Sequences">This rank's sequences of the step.</param>
/// <param name="Padding">Positions of padding over all ranks.</param>
/// <param name="End">Why there is no next step, or null.</param>
internal readonly record struct NextStep(StepSequences? Sequences, long Padding, ExceptionDispatchInfo? End);
