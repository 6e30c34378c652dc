using Lhts.Objectives;

namespace Lhts.Benchmarks.Exact;

/// <summary>One row of the laboratory's table: an objective with its settings.</summary>
/// <param name="Name">As printed.</param>
/// <param name="Create">Makes the objective for a chain and a temperature, and its learned baseline if it has one.</param>
/// <param name="NumTags">See <see cref="MarkovTrial.Run"/>.</param>
/// <param name="StepSize">Adam's step size for the student.</param>
public sealed record Method(
    string Name, Func<MarkovTeacher, double, (IObjective Objective, LearnedBaseline? Head)> Create, int NumTags = 1, double StepSize = 0.1)
{
    private static readonly PartitionOptions Quantiles = new() { Beta = 0 };

    /// <summary>The tail beyond the horizon dropped, with the released code's baseline and clip.</summary>
    public static Method Dropped(long? horizon) => new($"dropped tail, h = {horizon?.ToString() ?? "all"}", (teacher, _) =>
        (new LhtsObjective(new LhtsOptions { Horizon = horizon, Beta = 0 }, teacher.Length), null));

    /// <summary>The tail dropped, with the learned baseline.</summary>
    public static Method DroppedLearned(long? horizon) => new($"dropped tail, learned baseline, h = {horizon?.ToString() ?? "all"}", (teacher, _) =>
        (Learned(teacher, horizon, TailKind.Drop).Objective, null));

    /// <summary>The tail bootstrapped from the learned baseline.</summary>
    public static Method Bootstrapped(long horizon) => new($"bootstrapped tail, h = {horizon}", (teacher, _) =>
        Learned(teacher, horizon, TailKind.Bootstrap));

    /// <summary>The tail bootstrapped from the exact log-partition.</summary>
    public static Method Exact(long horizon) => new($"exact tail, h = {horizon}", (teacher, temperature) =>
        (new LhtsObjective(new LhtsOptions { Beta = 0 }, new ExactBaseline(teacher, temperature, horizon)), null));

    /// <summary>Myopic distillation.</summary>
    public static Method Myopic { get; } = new("myopic", (_, _) => (new MyopicObjective(), null));

    /// <summary>Squared differences over pairs. Its loss is quartic in the length, hence the smaller steps.</summary>
    public static Method Pairwise { get; } = new("pairwise", (_, _) => (new PairwiseObjective(), null), StepSize: 0.02);

    /// <summary>Likelihood quantiles, asked for the best.</summary>
    public static Method Partition { get; } = new(
        "partition, best of 5", (teacher, _) => (new PartitionObjective(Quantiles, teacher.Length), null), Quantiles.NumQuantiles);

    /// <summary>Maximum likelihood: the teacher again.</summary>
    public static Method Mle { get; } = new("mle", (_, _) => (new MleObjective(), null));

    private static (IObjective Objective, LearnedBaseline? Head) Learned(MarkovTeacher teacher, long? horizon, TailKind tail)
    {
        var options = new LhtsOptions
        {
            Horizon = horizon, Tail = tail, Baseline = BaselineKind.Learned, Beta = 0, HeadWidth = 0, HeadTrace = 0.8,
        };
        var head = new LearnedBaseline(options, teacher.Length, MarkovSample.HiddenSize(teacher));
        return (new LhtsObjective(options, head), head);
    }
}
