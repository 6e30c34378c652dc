namespace Lhts.Benchmarks.Objectives;

/// <summary>A student's settings, as values of the command line.</summary>
/// <param name="Name">As printed and asked for.</param>
/// <param name="Values">Each KEY=VALUE below <c>student</c>.</param>
internal sealed record Method(string Name, params string[] Values)
{
    private const string Own = "source=student", Range = "temperatures={min: 0.65, max: 1.0}";

    /// <summary>Characters of a text. Default 128.</summary>
    public int Length { get; init; } = 128;

    /// <summary>The objectives at T 0.7, then the default at other temperatures, over a range, and on texts of other lengths.</summary>
    public static IReadOnlyList<Method> All { get; } =
    [
        new("lhts-corpus-4", "source=corpus", "start=teacher", "objective={kind: lhts, horizon: 4, clip: 3, baseline: index}", "training.learningRate=5e-4"),
        new("lhts-corpus-25", "source=corpus", "start=teacher", "objective={kind: lhts, horizon: 25, clip: 3, baseline: index}", "training.learningRate=5e-4"),
        new("lhts-own", Own, "start=best-myopic", "objective={kind: lhts, horizon: 1, baseline: learned, tail: bootstrap, beta: 0}"),
        new("detailed-balance", Own, "objective={kind: subtb, lambda: 0}"),
        new("trajectory-balance", Own, "start=best-myopic", "objective=trajectory-balance"),
        new("subtb", Own, "objective={kind: subtb, lambda: 0.9}"),
        new("subtb-corpus", "source=corpus", "objective={kind: subtb, lambda: 0.9}"),
        new("subtb-mixed", "source={kind: student, corpusShare: 0.5}", "objective={kind: subtb, lambda: 0.9}"),
        new("subtb-replay", "source={kind: student, replayShare: 0.5}", "objective={kind: subtb, lambda: 0.9}"),
        new("soft-policy-from-teacher", Own, "start=teacher", "objective=soft-policy"),
        new("soft-policy", Own, "objective=soft-policy"),
        new("soft-policy-0.9", Own, "temperatures=0.9", "training.learningRate=1e-4"),
        new("soft-policy-0.8", Own, "temperatures=0.8"),
        new("soft-policy-0.6", Own, "temperatures=0.6"),
        new("soft-policy-0.6-joint", "source={kind: student, jointShare: 0.33}", "temperatures=0.6"),
        new("range-weights", Own, Range, "conditioning=weights", "training.learningRate=1.3e-4"),
        new("range-layer-norms", Own, Range, "conditioning=layer-norms", "training.learningRate=1.3e-4"),
        new("length-32", Own) { Length = 32 },
        new("length-64", Own) { Length = 64 },
        new("length-256", Own, "training.sequencesPerStep=32") { Length = 256 },
    ];
}
