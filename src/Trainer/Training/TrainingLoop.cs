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
    public Position Run(Position start, CancellationToken stop)
    {
        var (position, saved) = (start, start.Step);
        recorder.Clock.BeginStep();
        try
        {
            while (position.Step < training.Steps)
            {
                var sequences = new StepSequences(position.Step, source.Next(position.Step, ranks.Interruption(stop)));
                var result = step.Run(sequences, position.RateShare * LearningRate.ShareAt(position.Step, training));
                source.Done(position.Step);
                var rate = position.RateShare * LearningRate.At(position.Step, training);
                position = position with { Step = position.Step + 1, RateShare = TrustRegion?.Next(position.RateShare, result.Divergence) ?? 1 };
                var shared = ranks.Sum(stop.IsCancellationRequested ? 1 : 0, sequences.NumPositions - sequences.NumTokens);
                recorder.Record(position.Step, sequences, source, (long)shared[1], result, rate);
                Evaluate(position.Step);
                if (position.Step < training.Steps && shared[0] > 0) throw new StopException();
                if (position.Step < training.Steps && checkpoints.IsDue(position.Step)) saved = Save(position);
            }
        }
        catch (OperationCanceledException)
        {
            if (position.Step != saved) Save(position);
            ranks.Barrier(); // the leader's end is the store's
            throw;
        }

        if (position.Step != saved) Save(position);
        return position;
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
        recorder.RecordCheckpoint(() => checkpoints.Save(position));
        return position.Step;
    }
}
