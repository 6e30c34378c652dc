namespace Lhts.Evaluation;

/// <summary>How the best myopic temperatures of a teacher are found.</summary>
public sealed record BestMyopicOptions
{
    /// <summary>Sequences at each temperature that is tried. Default 64.</summary>
    public int NumSamples { get; init; } = 64;

    /// <summary>Sequences that F is then estimated on, other than those that chose; 0 for the temperature alone. Default 256.</summary>
    public int NumEstimates { get; init; } = 256;

    /// <summary>Tokens of a sequence at most. Default: none, the context.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>The token that ends a sequence. Default: none, sequences of a fixed length.</summary>
    public int? EndOfText { get; init; }

    /// <summary>Sequences drawn at a time. Default 128.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Seed of all draws. Default 0.</summary>
    public ulong Seed { get; init; }
}
