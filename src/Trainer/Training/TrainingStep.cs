using Lhts.Distributed;
using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Sampling;
using Lhts.Telemetry;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Sources;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Training;

// B sequences, L predicted positions, E width, V vocabulary.

/// <summary>
/// One optimizer step: sequences, teacher, weights, loss, backward, reduce, clip, update. Everything is summed over the step and the ranks before it is
/// divided, so that the split into micro-batches and ranks does not matter.
/// </summary>
/// <param name="student">The model that is trained.</param>
/// <param name="teacher">The frozen model, or null when nobody asks it: the objective needs none, or its log-probs come with the sequences.</param>
/// <param name="objective">What is minimised.</param>
/// <param name="updater">Of the parameters of both.</param>
/// <param name="options">Temperatures, seed, clip, and what becomes of a step that is not finite.</param>
/// <param name="clock">Told what time is spent on.</param>
/// <param name="ranks">The processes that share the step.</param>
internal sealed class TrainingStep(
    Gpt2 student, Gpt2? teacher, IObjective objective, Updater updater, StepOptions options, PhaseClock clock, Ranks ranks)
{
    private readonly Device device = student.TokenEmbedding.device;
    private readonly FigureLayout layout = new(objective.Figures, options.Temperatures.Temperatures.Bins, SourceNames.Count);
    private readonly bool isConditioned = student.Config.TemperatureConditioning != TemperatureConditioning.None;

    /// <summary>What the last step's reduction took; null for a rank alone.</summary>
    public ReductionTimes? Reduction { get; private set; }

    /// <summary>Makes the step and returns its figures, which are those of all ranks.</summary>
    /// <param name="sequences">This rank's; there may be none.</param>
    /// <param name="rateShare">The learning rate as a share of each group's highest.</param>
    /// <exception cref="NonFiniteStepException">Loss, weights or gradient are not finite, and that stops the run; the parameters are as before.</exception>
    public StepResult Run(StepSequences sequences, double rateShare)
    {
        using var scope = NewDisposeScope();
        var undo = ObjectiveUndo.For(objective, options.OnNonFinite);
        SeedDropout(sequences.Step);
        var parts = sequences.ToDevice(options.Temperatures, student.BannedTokens, device, hasScores: teacher is null);
        using (clock.Measure(StepPhase.Teacher))
        {
            AskTeacher(parts);
            Agree(parts);
        }

        var count = ranks.Sum(parts.Sum(part => objective.CountOf(part.Batch)))[0];
        var sums = new FigureSums(layout, device);
        foreach (var (index, part) in parts.Index())
        {
            using var inner = NewDisposeScope();
            var loss = Loss(part);
            if (index == parts.Count - 1) updater.ExpectLast();
            using (clock.Measure(StepPhase.Backward))
            {
                loss.Backward(1 / count);
                student.CollectGradients();
            }

            sums.Add(loss.Figures, part.Batch.Temperatures, SourceNames.IndexOf(part.Source?.Source));
        }

        var figures = Reduce(sums);
        using var update = clock.Measure(StepPhase.Update);
        var (norm, ownNorm) = updater.Clip(options.GradientClip);
        var isFinite = double.IsFinite(norm) && double.IsFinite(ownNorm) && !figures.NotFinite().Any();
        if (!isFinite) return LeaveOut(sequences, parts, new StepResult(figures, norm), undo);
        updater.Update(rateShare);
        updater.Zero();
        return new StepResult(figures, norm) { Divergence = DivergenceOf(sequences.Step, parts) };
    }

    /// <summary>How far the update has moved the student, on those of its own samples that come first.</summary>
    private double? DivergenceOf(long step, IReadOnlyList<StepInputs> parts)
    {
        if (options.TrustRegion is null || !TrustRegion.IsDue(step)) return null;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var part = parts.FirstOrDefault(part => part.Source?.Source == StudentSamples.Name && part.Batch.DrawnLogProbs is not null);
        var (sum, count) = (0.0, 0.0);
        if (part is not null)
        {
            var (mask, drawn) = (part.Batch.Mask, part.Batch.DrawnLogProbs!.to(ScalarType.Float64));
            var now = StudentLogProbs(part).to(ScalarType.Float64); // (B, L)
            sum = where(mask, drawn - now, zeros_like(now)).sum().cpu().item<double>();
            count = part.Source!.NumSequences;
        }

        var all = ranks.Sum(sum, count);
        return all[1] > 0 ? all[0] / all[1] : null;
    }

    /// <summary>What dropout draws is a function of seed, step and rank: nothing of it need be saved.</summary>
    private void SeedDropout(long step) => manual_seed((long)(CounterRandom.Uniform(options.Seed, step, ranks.Rank) * (1L << 52)));

    /// <summary>The teacher's log-probs of every sequence, and the hidden states where the objective reads more than these.</summary>
    private void AskTeacher(IReadOnlyList<StepInputs> parts)
    {
        if (objective.Needs == TeacherNeeds.None) return;
        using var noGrad = no_grad();
        foreach (var part in parts.Where(part => part.Teacher is null || objective.Needs != TeacherNeeds.LogProbs))
        {
            using var scope = NewDisposeScope();
            var states = teacher!.Hidden(part.Tokens, temperatures: null, options.Precision); // (B, L, E)
            var read = part.Batch.LookAhead is { } ahead ? part.Batch.Mask.logical_or(ahead) : part.Batch.Mask;
            var logProbs = TokenHead.LogProbs(states, HeadOf(teacher), part.Batch.Targets, read); // (B, L)
            part.TeacherStates = objective.Needs == TeacherNeeds.LogProbs ? null : states.MoveToOuterDisposeScope();
            part.Teacher = new TeacherSignal(logProbs.MoveToOuterDisposeScope(), HiddenStates: part.TeacherStates) { Head = HeadOf(teacher) };
        }
    }

    /// <summary>Settles what a sequence's loss takes from other sequences, over all micro-batches and ranks.</summary>
    private void Agree(IReadOnlyList<StepInputs> parts)
    {
        if (objective.Agreement is not { } agreement) return;
        if (agreement.ReadsStudent) AskStudent(parts);
        do
        {
            foreach (var part in parts) agreement.Observe(part.Batch, part.Teacher);
            ranks.Sum(agreement.Pending);
        }
        while (agreement.Commit());
    }

    /// <summary>The student's own log-probs before the step, for an objective that compares the sequences of all micro-batches.</summary>
    private void AskStudent(IReadOnlyList<StepInputs> parts)
    {
        using var noGrad = no_grad();
        foreach (var part in parts)
        {
            using var scope = NewDisposeScope();
            var logProbs = StudentLogProbs(part); // (B, L)
            part.Batch = part.Batch with { StudentLogProbs = logProbs.MoveToOuterDisposeScope() };
        }
    }

    /// <summary>The weights and the loss of a micro-batch, with its gradient by the student's logits.</summary>
    private ObjectiveLoss Loss(StepInputs part)
    {
        using var measured = clock.Measure(StepPhase.Student);
        return objective.Loss(part.Batch, StatesOf(part), part.Teacher);
    }

    private StudentStates StatesOf(StepInputs part)
    {
        student.SetTemperature(part.Temperature);
        var condition = isConditioned ? objective.ConditionOf(part.Batch, part.Teacher) : null;
        return new StudentStates(student.Hidden(part.Tokens, condition, options.Precision), student.Logits) { Linear = HeadOf(student) };
    }

    private Tensor StudentLogProbs(StepInputs part) => TokenHead.LogProbs(StatesOf(part).HiddenStates, HeadOf(student), part.Batch.Targets, part.Batch.Mask);

    private LinearHead HeadOf(Gpt2 model) => new(model.TokenEmbedding, model.OutputBias)
    {
        Type = options.Precision == Precision.Bfloat16 ? ScalarType.BFloat16 : null,
    };

    /// <summary>Sums the gradient and the figures over the ranks.</summary>
    private FigureTable Reduce(FigureSums figures)
    {
        using var waiting = clock.Measure(StepPhase.AllReduce);
        Reduction = updater.Reduce();
        ranks.Sum([figures.Sums, .. objective.Agreement?.Pending ?? []]);
        ranks.Max([figures.Maxima]);
        objective.Agreement?.EndStep();
        return figures.Read();
    }

    /// <summary>Drops the gradient of a step that is not finite, and stops the run or takes back what the objective has gathered from it.</summary>
    private StepResult LeaveOut(StepSequences sequences, IReadOnlyList<StepInputs> parts, StepResult result, ObjectiveUndo? undo)
    {
        updater.Zero();
        var folder = options.NonFiniteBatches?.Save(sequences.Step, result.Loss, result.GradientNorm, parts);
        if (undo is null) throw new NonFiniteStepException(sequences, result, folder);
        undo.Undo();
        return result with { IsSkipped = true };
    }
}
