using Lhts.Data.Batching;
using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Telemetry;
using Lhts.Trainer.Recipes;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Trainer.Training;

/// <summary>
/// One optimizer step over the micro-batches of a step: teacher, weights, student, update. Everything is summed over the step before it is
/// divided, so that the split into micro-batches does not matter.
/// </summary>
/// <param name="student">The model that is trained.</param>
/// <param name="teacher">The frozen model, or null when nobody asks it: the objective needs none, or its log-probs come with the micro-batches.</param>
/// <param name="objective">What is minimised.</param>
/// <param name="optimizer">Over the parameters of both.</param>
/// <param name="temperatures">Drawn for each sequence.</param>
/// <param name="gradientClip">Bound of the gradient's norm.</param>
/// <param name="seed">Of the temperatures.</param>
/// <param name="clock">Told what time is spent on.</param>
internal sealed class TrainingStep(
    Gpt2 student, Gpt2? teacher, IObjective objective, AdamW optimizer, Temperatures temperatures, double gradientClip, ulong seed, PhaseClock clock)
{
    private static readonly int NumSources = Enum.GetValues<SequenceSource>().Length;

    private readonly Device device = student.TokenEmbedding.device;
    private readonly bool isConditioned = student.Config.TemperatureConditioning != TemperatureConditioning.None;

    /// <summary>What becomes of a step that is not finite. Default stop.</summary>
    public OnNonFinite OnNonFinite { get; init; }

    /// <summary>Keeps the sequences of such steps. Default null: nobody.</summary>
    public NonFiniteBatches? NonFiniteBatches { get; init; }

    /// <summary>Makes the step and returns its figures.</summary>
    /// <param name="step">The sequences.</param>
    /// <param name="rateShare">The learning rate as a share of each group's highest.</param>
    /// <exception cref="NonFiniteStepException">Loss, weights or gradient are not finite, and that stops the run; the parameters are as before.</exception>
    public StepResult Run(StepBatch step, double rateShare)
    {
        using var scope = NewDisposeScope();
        var before = OnNonFinite == OnNonFinite.Skip ? CopyOf(objective.State) : null;
        var parts = step.MicroBatches.Select(batch => StepInputs.Of(batch, step.Step, temperatures, seed, device)).ToArray();
        using (clock.Measure(StepPhase.Teacher)) Observe(parts);

        var count = parts.Sum(part => objective.CountOf(part.Batch));
        LossSums? sums = null;
        foreach (var part in parts)
        {
            var added = Differentiate(part, 1 / count);
            sums = sums?.Plus(added) ?? added;
        }

        objective.EndStep();
        using var update = clock.Measure(StepPhase.Update);
        var loss = sums!.Summarise();
        var norm = nn.utils.clip_grad_norm_(student.parameters(), gradientClip);
        var ownNorm = nn.utils.clip_grad_norm_(objective.Parameters.Select(p => p.Parameter), gradientClip);
        double[] figures = [loss.Loss, loss.MeanLogWeight, norm, loss.Auxiliary, ownNorm];
        if (!figures.All(double.IsFinite)) return LeaveOut(step, parts, new StepResult(loss, norm), before);
        Optimizers.SetRate(optimizer, rateShare);
        optimizer.step();
        optimizer.zero_grad();
        return new StepResult(loss, norm);
    }

    /// <summary>Drops the gradient of a step that is not finite, and stops the run or takes back what the objective has gathered from it.</summary>
    private StepResult LeaveOut(StepBatch step, StepInputs[] parts, StepResult result, IReadOnlyDictionary<string, Tensor>? before)
    {
        optimizer.zero_grad();
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
        return loss.Sums.OfSource((int)part.Source.Source, NumSources).MoveToOuterDisposeScope();
    }

    private TeacherSignal? WithLogits(StepInputs part)
    {
        if (!objective.Needs.HasFlag(TeacherNeeds.Logits)) return part.Teacher;
        using var noGrad = no_grad();
        return part.Teacher! with { Logits = teacher!.Logits(part.TeacherStates!) };
    }
}
