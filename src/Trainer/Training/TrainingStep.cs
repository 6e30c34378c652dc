using Lhts.Data.Batching;
using Lhts.Distributed;
using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Sampling;
using Lhts.Telemetry;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Training;

/// <summary>
/// One optimizer step over the micro-batches of a step: teacher, weights, student, update. Everything is summed over the step and the ranks before it is
/// divided, so that the split into micro-batches and ranks does not matter.
/// </summary>
/// <param name="student">The model that is trained.</param>
/// <param name="teacher">The frozen model, or null when nobody asks it: the objective needs none, or its log-probs come with the micro-batches.</param>
/// <param name="objective">What is minimised.</param>
/// <param name="updater">Of the parameters of both.</param>
/// <param name="temperatures">Drawn for each sequence.</param>
/// <param name="gradientClip">Bound of the gradient's norm.</param>
/// <param name="seed">Of the temperatures and of dropout.</param>
/// <param name="clock">Told what time is spent on.</param>
/// <param name="ranks">The processes that share the step.</param>
internal sealed class TrainingStep(
    Gpt2 student, Gpt2? teacher, IObjective objective, Updater updater, Temperatures temperatures, double gradientClip, ulong seed, PhaseClock clock, Ranks ranks)
{
    private static readonly int NumSources = Enum.GetValues<SequenceSource>().Length;

    private readonly Device device = student.TokenEmbedding.device;
    private readonly bool isConditioned = student.Config.TemperatureConditioning != TemperatureConditioning.None;

    /// <summary>What the last step's reduction took; null for a rank alone.</summary>
    public ReductionTimes? Reduction { get; private set; }

    /// <summary>What becomes of a step that is not finite. Default stop.</summary>
    public OnNonFinite OnNonFinite { get; init; }

    /// <summary>Keeps the sequences of such steps. Default null: nobody.</summary>
    public NonFiniteBatches? NonFiniteBatches { get; init; }

    /// <summary>Makes the step and returns its figures, which are those of all ranks.</summary>
    /// <param name="step">This rank's sequences; there may be none.</param>
    /// <param name="rateShare">The learning rate as a share of each group's highest.</param>
    /// <exception cref="NonFiniteStepException">Loss, weights or gradient are not finite, and that stops the run; the parameters are as before.</exception>
    public StepResult Run(StepBatch step, double rateShare)
    {
        using var scope = NewDisposeScope();
        Seed(step.Step);
        var before = OnNonFinite == OnNonFinite.Skip ? CopyOf(objective.State) : null;
        var parts = step.MicroBatches.Select(batch => StepInputs.Of(batch, step.Step, temperatures, seed, device)).ToArray();
        if (parts.Length == 0) parts = [StepInputs.Empty(device, hasScores: teacher is null)]; // this rank takes part all the same
        using (clock.Measure(StepPhase.Teacher)) Observe(parts);
        var loss = Differentiate(parts);

        using var update = clock.Measure(StepPhase.Update);
        var (norm, ownNorm) = updater.Clip(gradientClip);
        double[] figures = [loss.Loss, loss.MeanLogWeight, norm, loss.Auxiliary, ownNorm];
        if (!figures.All(double.IsFinite)) return LeaveOut(step, parts, new StepResult(loss, norm), before);
        updater.Update(rateShare);
        updater.Zero();
        return new StepResult(loss, norm);
    }

    /// <summary>What dropout draws is a function of seed, step and rank: nothing of it need be saved.</summary>
    private void Seed(long step) => manual_seed((long)(CounterRandom.Uniform(seed, step, ranks.Rank) * (1L << 52)));

    /// <summary>Makes the gradient of the step and sums it over the ranks.</summary>
    private LossSummary Differentiate(StepInputs[] parts)
    {
        var count = ranks.Sum(parts.Sum(part => objective.CountOf(part.Batch)))[0];
        LossSums? sums = null;
        foreach (var (index, part) in parts.Index())
        {
            if (index == parts.Length - 1) updater.ExpectLast();
            var added = Differentiate(part, 1 / count);
            sums = sums?.Plus(added) ?? added;
        }

        using var waiting = clock.Measure(StepPhase.AllReduce);
        Reduction = updater.Reduce();
        ranks.Sum([.. sums!.Additive, .. objective.Pending]);
        ranks.Max(sums.Maxima);
        objective.EndStep();
        return sums.Summarise();
    }

    /// <summary>Drops the gradient of a step that is not finite, and stops the run or takes back what the objective has gathered from it.</summary>
    private StepResult LeaveOut(StepBatch step, StepInputs[] parts, StepResult result, IReadOnlyDictionary<string, Tensor>? before)
    {
        updater.Zero();
        var folder = NonFiniteBatches?.Save(step.Step, result.Loss.Loss, result.GradientNorm, parts);
        if (before is null) throw new NonFiniteStepException(step, result, folder);
        objective.Load(before);
        return result with { IsSkipped = true };
    }

    private static Dictionary<string, Tensor> CopyOf(IReadOnlyDictionary<string, Tensor> state)
    {
        using var noGrad = no_grad();
        return state.ToDictionary(entry => entry.Key, entry => entry.Value.clone());
    }

    /// <summary>Asks the teacher about every micro-batch and settles what the weights depend on besides their own sequence.</summary>
    private void Observe(StepInputs[] parts)
    {
        if (objective.Needs != TeacherNeeds.None)
        {
            using var noGrad = no_grad();
            foreach (var part in parts.Where(part => part.Teacher is null || objective.Needs != TeacherNeeds.LogProbs)) AskTeacher(part);
        }

        if (objective.ReadsStudent) AskStudent(parts);
        do
        {
            foreach (var part in parts) objective.Observe(part.Batch, part.Teacher);
            ranks.Sum(objective.Pending);
        }
        while (objective.Commit());
    }

    /// <summary>The student's own log-probs before the step, for an objective that compares the sequences of all micro-batches.</summary>
    private void AskStudent(StepInputs[] parts)
    {
        using var noGrad = no_grad();
        for (var i = 0; i < parts.Length; i++)
        {
            using var scope = NewDisposeScope();
            var logProbs = TokenHead.LogProbs(StudentLogits(parts[i]), parts[i].Batch.Targets).MoveToOuterDisposeScope(); // (B, L)
            parts[i] = parts[i] with { Batch = parts[i].Batch with { StudentLogProbs = logProbs } };
        }
    }

    /// <summary>(B, L, V).</summary>
    private Tensor StudentLogits(StepInputs part)
    {
        var condition = isConditioned ? objective.ConditionOf(part.Batch, part.Teacher) : null;
        return student.Logits(student.Hidden(part.Tokens, condition));
    }

    private void AskTeacher(StepInputs part)
    {
        using var scope = NewDisposeScope();
        var states = teacher!.Hidden(part.Tokens); // (B, L, E)
        var logProbs = TokenHead.LogProbs(teacher.Logits(states), part.Batch.Targets); // (B, L)
        part.TeacherStates = objective.Needs == TeacherNeeds.LogProbs ? null : states.MoveToOuterDisposeScope();
        part.Teacher = new TeacherSignal(logProbs.MoveToOuterDisposeScope(), HiddenStates: part.TeacherStates);
    }

    /// <summary>Adds the gradient of a micro-batch's summed loss times <paramref name="scale"/>.</summary>
    private LossSums Differentiate(StepInputs part, double scale)
    {
        using var scope = NewDisposeScope();
        ObjectiveLoss loss;
        using (clock.Measure(StepPhase.Student))
        {
            loss = objective.Loss(part.Batch, StudentLogits(part), WithLogits(part));
        }

        using (clock.Measure(StepPhase.Backward)) loss.Backward(scale);
        return loss.Sums.OfSource((int)(part.Source?.Source ?? SequenceSource.Corpus), NumSources).MoveToOuterDisposeScope();
    }

    private TeacherSignal? WithLogits(StepInputs part)
    {
        if (!objective.Needs.HasFlag(TeacherNeeds.Logits)) return part.Teacher;
        using var noGrad = no_grad();
        return part.Teacher! with { Logits = teacher!.Logits(part.TeacherStates!) };
    }
}
