namespace Lhts.Benchmarks.Exact;

/// <summary>How a student is trained on a teacher's samples. The defaults are those of Markov chains.</summary>
public sealed record TrialSettings
{
    /// <summary>T. Default 0.5.</summary>
    public double Temperature { get; init; } = 0.5;

    /// <summary>Sequences in all, each seen once. Default 20,000.</summary>
    public int NumSequences { get; init; } = 20_000;

    /// <summary>Sequences a step. Default 50.</summary>
    public int BatchSize { get; init; } = 50;

    /// <summary>AdamW's step size for the student, falling linearly to zero. Default 0.1.</summary>
    public double StepSize { get; init; } = 0.1;

    /// <summary>The same for the pairwise objective, whose loss is quartic in the length. Default 0.02.</summary>
    public double PairwiseStepSize { get; init; } = 0.02;

    /// <summary>AdamW's step size for the head, likewise. Default 0.05.</summary>
    public double HeadStepSize { get; init; } = 0.05;

    /// <summary>Width of the head's hidden layer; 0 for a linear head. Default 0.</summary>
    public int HeadWidth { get; init; }

    /// <summary>Of samples and initial values. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>For long chains, whose hidden states are dense.</summary>
    public static TrialSettings OfLongChains { get; } = new() { NumSequences = 12_800, BatchSize = 32, HeadStepSize = 2e-3, HeadWidth = 128 };

    /// <summary>For tables over enumerated prefixes.</summary>
    public static TrialSettings OfTables { get; } =
        new() { NumSequences = 40_960, BatchSize = 64, StepSize = 0.05, PairwiseStepSize = 0.01, HeadStepSize = 0.02 };

    /// <summary>For transformers.</summary>
    public static TrialSettings OfTransformers { get; } = new()
    {
        NumSequences = 40_960, BatchSize = 32, StepSize = 7e-4, PairwiseStepSize = 4e-4, HeadStepSize = 0.02, HeadWidth = 128,
    };
}
