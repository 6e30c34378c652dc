using Lhts.Objectives;

namespace Lhts.Benchmarks.Exact;

/// <summary>The methods that the tables compare.</summary>
public static class MethodLists
{
    /// <summary>The goals' methods: what is claimed, what it is claimed against, and what a perfect head would reach.</summary>
    public static IReadOnlyList<Method> Goals { get; } =
    [
        Method.Myopic, Method.Pairwise, Method.Dropped(BaselineKind.IndexToken, 2), Method.Dropped(BaselineKind.IndexToken, 4),
        Method.Dropped(BaselineKind.IndexToken, null), Method.Bootstrapped(1), Method.Bootstrapped(1, ControlKind.Student),
        Method.Exact(1, ControlKind.Student),
    ];

    /// <summary>Every objective, baseline and tail at these horizons; null is the whole sequence.</summary>
    public static IReadOnlyList<Method> Every(params long?[] horizons) =>
    [
        Method.Mle, Method.Myopic, Method.Partition, Method.Pairwise,
        .. Enum.GetValues<BaselineKind>().SelectMany(baseline => horizons.Select(horizon => Method.Dropped(baseline, horizon))),
        .. Enum.GetValues<ControlKind>().SelectMany(control => horizons.Select(horizon => Method.Bootstrapped(horizon, control))),
        Method.Exact(1), Method.Exact(1, ControlKind.Student),
    ];

    /// <summary>Those on the student's own samples, and sub-trajectory balance on the teacher's.</summary>
    public static IReadOnlyList<Method> Own { get; } =
    [
        Method.SoftPolicy, Method.SubTrajectoryBalance, Method.SubTrajectoryBalanceOfTeacher, Method.TrajectoryBalance, Method.OwnSamples(1),
        Method.OwnSamples(4),
    ];

    /// <summary>What is compared on chains of 64: all horizons of the released settings, and the learned ones.</summary>
    public static IReadOnlyList<Method> Chains { get; } =
    [
        Method.Mle, Method.Myopic, Method.Partition, Method.Pairwise,
        .. new long?[] { 1, 2, 4, 8, 16, null }.Select(horizon => Method.Dropped(BaselineKind.IndexToken, horizon)),
        Method.Dropped(BaselineKind.Learned, 4), Method.Dropped(BaselineKind.Learned, null),
        .. Enum.GetValues<ControlKind>().SelectMany(control => new long?[] { 1, 4, 16 }.Select(horizon => Method.Bootstrapped(horizon, control))),
        Method.Exact(1), Method.Exact(1, ControlKind.Student),
    ];
}
