using Lhts.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>One row of the laboratory's tables: an objective with its settings.</summary>
/// <param name="Name">As printed.</param>
/// <param name="Create">Makes the objective, and its learned baseline if it has one.</param>
public sealed record Method(string Name, Func<TrialSpace, (IObjective Objective, LearnedBaseline? Head)> Create)
{
    private static readonly PartitionOptions Quantiles = new() { Beta = 0 };

    /// <summary>Tags that the student is conditioned on; the last is what it is asked for. Default 1.</summary>
    public int NumTags { get; init; } = 1;

    /// <summary>Whether it takes <see cref="TrialSettings.PairwiseStepSize"/>. Default false.</summary>
    public bool IsPairwise { get; init; }

    /// <summary>Whether the exact log-partition is handed over in place of hidden states. Default false.</summary>
    public bool ReadsExact { get; init; }

    /// <summary>Whether it is trained on samples of the student as it is, in place of the teacher's. Default false.</summary>
    public bool DrawsFromStudent { get; init; }

    // No term that pulls to the teacher, which would move the optimum.
    private static readonly LhtsOptions Options = new() { Beta = 0 };

    /// <summary>Myopic distillation.</summary>
    public static Method Myopic { get; } = new("myopic", _ => (new MyopicObjective(), null));

    /// <summary>Squared differences over pairs.</summary>
    public static Method Pairwise { get; } = new("pairwise", _ => (new PairwiseObjective(), null)) { IsPairwise = true };

    /// <summary>Likelihood quantiles, asked for the best.</summary>
    public static Method Partition { get; } = new(
        $"partition, best of {Quantiles.NumQuantiles}", space => (new PartitionObjective(Quantiles, space.Length), null)) { NumTags = Quantiles.NumQuantiles };

    /// <summary>Maximum likelihood: the teacher again.</summary>
    public static Method Mle { get; } = new("mle", _ => (new MleObjective(), null));

    /// <summary>The tail dropped, with the released code's clip.</summary>
    public static Method Dropped(BaselineKind baseline, long? horizon) => new($"{NameOf(baseline)}, drop, h = {NameOf(horizon)}", space => Lhts(
        Options with { Baseline = baseline, Horizon = horizon }, space));

    /// <summary>The tail bootstrapped from the learned baseline.</summary>
    public static Method Bootstrapped(long? horizon, ControlKind control = ControlKind.None) => new(
        $"learned, bootstrap, h = {NameOf(horizon)}{NameOf(control)}", space => Lhts(
            LearnedOf(horizon, control), space));

    /// <summary>The tail bootstrapped from the exact log-partition.</summary>
    public static Method Exact(long horizon, ControlKind control = ControlKind.None) => new(
        $"exact, bootstrap, h = {NameOf(horizon)}{NameOf(control)}", _ =>
            (new LhtsObjective(LearnedOf(horizon, control), new ExactBaseline(horizon)), null))
    {
        ReadsExact = true,
    };

    /// <summary>KL-regularised policy gradient on the student's own samples.</summary>
    public static Method SoftPolicy { get; } = Flow("own samples, soft policy", (options, space) =>
        new SoftPolicyObjective(options, space.Length, space.NumSymbols, space.HiddenSize));

    /// <summary>Sub-trajectory balance on the student's own samples.</summary>
    public static Method SubTrajectoryBalance { get; } = Flow("own samples, subtb", (options, space) =>
        new SubTrajectoryBalanceObjective(options, space.Length, space.NumSymbols, space.HiddenSize));

    /// <summary>Trajectory balance in its log-variance form on the student's own samples.</summary>
    public static Method TrajectoryBalance { get; } =
        new("own samples, trajectory balance", _ => (new PairwiseObjective { IsOfTarget = true }, null)) { DrawsFromStudent = true };

    /// <summary>Sub-trajectory balance on the teacher's samples.</summary>
    public static Method SubTrajectoryBalanceOfTeacher { get; } = SubTrajectoryBalance with { Name = "teacher's samples, subtb", DrawsFromStudent = false };

    /// <summary>LHTS weights with the student's probability in them on its own samples.</summary>
    public static Method OwnSamples(long? horizon) => Flow($"own samples, lhts, h = {NameOf(horizon)}", (options, space) =>
        new OwnSamplesObjective(options with { Horizon = horizon }, space.Length, space.NumSymbols, space.HiddenSize));

    private static Method Flow(string name, Func<FlowOptions, TrialSpace, IObjective> make) =>
        new(name, space => (make(new FlowOptions { HeadWidth = Math.Max(1, space.HeadWidth) }, space), null)) { DrawsFromStudent = true };

    /// <summary>The highest step size of the student.</summary>
    public double StepSizeOf(TrialSettings settings) => IsPairwise ? settings.PairwiseStepSize : settings.StepSize;

    /// <summary>(B) int64: the tags of conditions, which are the middles of equal parts of 0 to 1; zero where there is one tag.</summary>
    public Tensor TagsOf(Tensor condition) => NumTags == 1
        ? zeros_like(condition, dtype: ScalarType.Int64)
        : (condition * NumTags).to(ScalarType.Int64);

    private static (IObjective, LearnedBaseline?) Lhts(LhtsOptions options, TrialSpace space)
    {
        if (options.Baseline != BaselineKind.Learned) return (new LhtsObjective(options, space.Length), null);
        var head = new LearnedBaseline(options with { HeadWidth = space.HeadWidth }, space.Length, space.HiddenSize);
        // With the tail dropped b is of the horizon alone and not log zeta.
        return (new LhtsObjective(options, head), options.Tail == TailKind.Bootstrap || options.Horizon is null ? head : null);
    }

    private static LhtsOptions LearnedOf(long? horizon, ControlKind control) => Options with
    {
        Baseline = BaselineKind.Learned, Horizon = horizon, Tail = TailKind.Bootstrap, Control = control,
    };

    private static string NameOf(BaselineKind baseline) => baseline == BaselineKind.IndexToken ? "index-token" : baseline.ToString().ToLowerInvariant();

    private static string NameOf(long? horizon) => horizon is { } steps ? $"{steps}" : "all";

    private static string NameOf(ControlKind control) => control == ControlKind.None ? "" : ", control";
}
