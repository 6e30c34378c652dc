namespace Lhts.Telemetry;

/// <summary>Where the sequences of a step come from.</summary>
public enum SequenceOrigin
{
    /// <summary>The documents.</summary>
    Corpus,

    /// <summary>Drawn from the teacher.</summary>
    Teacher,
}

/// <summary>The sequences of a step that come from one source.</summary>
public readonly record struct SourceFigures
{
    /// <summary>How many there were.</summary>
    public required long Sequences { get; init; }

    /// <summary>Their loss, as that of the step.</summary>
    public required double Loss { get; init; }

    /// <summary>The student's -log q of their tokens, unweighted, in nats per token.</summary>
    public required double NegativeLogLikelihood { get; init; }

    /// <summary>Effective sample size of their weights over their number. Default null: there are no weights.</summary>
    public double? EffectiveSampleSizeRatio { get; init; }
}
