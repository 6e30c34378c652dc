using Lhts.Distributed;
using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Telemetry;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Scaling.Benchmarks.Measuring;

/// <summary>
/// A step of maximum likelihood with the trainer's own parts (objective, buckets, sums, update) in the trainer's order, but with a switch for overlap.
/// </summary>
internal sealed class RankStep : IDisposable
{
    private readonly Gpt2 model;
    private readonly MleObjective objective = new();
    private readonly Updater updater;
    private readonly Ranks ranks;
    private readonly PhaseClock clock;
    private readonly bool overlaps;
    private readonly Tensor tokens; // (B, L + 1)

    public RankStep(RankSettings settings, Ranks ranks, PhaseClock clock)
    {
        (this.ranks, this.clock, overlaps) = (ranks, clock, settings.Overlaps);
        var work = settings.Workload;
        using var weights = new Generator(3);
        using var text = new Generator((ulong)(5 + settings.Rank));
        model = new Gpt2(work.Config, weights);
        updater = new Updater(model.named_parameters(), [], new OptimizationRecipe { LearningRate = 1e-4 }, 1e-3, ranks, settings.Distributed);
        tokens = randint(0, work.Vocabulary, [work.Sequences, work.Length], dtype: ScalarType.Int64, generator: text);
    }

    public long NumParameters => updater.Parameters.Sum(parameter => parameter.numel());

    /// <summary>Makes a step.</summary>
    /// <param name="communicates">Whether the ranks tell each other anything; false does everything else. (A sharded optimizer does so whatever is said
    /// here.)</param>
    /// <returns>What the reductions took; null without any.</returns>
    public ReductionTimes? Run(bool communicates = true)
    {
        using var scope = NewDisposeScope();
        var length = tokens.shape[1] - 1;
        var targets = tokens.narrow(1, 1, length).contiguous(); // (B, L)
        var batch = new ObjectiveBatch(targets, ones_like(targets, dtype: ScalarType.Bool), ones(tokens.shape[0]));
        var own = objective.CountOf(batch);
        var count = communicates ? ranks.Sum(own)[0] : own;
        if (overlaps && communicates) updater.ExpectLast();
        var sums = Differentiate(batch, tokens.narrow(1, 0, length).contiguous(), 1 / count);
        var times = communicates ? Reduce(sums) : null;

        using var update = clock.Measure(StepPhase.Update);
        updater.Clip(1);
        updater.Update(1);
        updater.Zero();
        return times;
    }

    public void Dispose()
    {
        tokens.Dispose();
        updater.Dispose();
        model.Dispose();
    }

    private ReductionTimes? Reduce(FigureSums sums)
    {
        using var phase = clock.Measure(StepPhase.AllReduce);
        var times = updater.Reduce();
        ranks.Sum([sums.Sums]);
        ranks.Max([sums.Maxima]);
        return times;
    }

    private FigureSums Differentiate(ObjectiveBatch batch, Tensor input, double scale)
    {
        ObjectiveLoss loss;
        using (clock.Measure(StepPhase.Student)) loss = objective.Loss(batch, new StudentStates(model.Hidden(input), model.Logits), null);
        using (clock.Measure(StepPhase.Backward)) loss.Backward(scale);
        return new FigureSums(new FigureLayout(((IObjective)objective).Figures), model.TokenEmbedding.device).Add(loss.Figures);
    }
}
