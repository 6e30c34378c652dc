namespace Lhts.Step.Benchmarks;

/// <summary>What both ways of a step share; step.py reads it as JSON.</summary>
internal sealed record Settings
{
    /// <summary>Long-horizon temperature of all documents. Default 0.95.</summary>
    public double Temperature { get; init; } = 0.95;

    /// <summary>Tokens that a weight looks at. Default 4, without a baseline: random models make weights that are neither 0 nor clipped.</summary>
    public int Horizon { get; init; } = 4;

    /// <summary>Bound of the log weight. Default 3.</summary>
    public double Clip { get; init; } = 3;

    /// <summary>Of KL(student || teacher). Default 0.05.</summary>
    public double Beta { get; init; } = 0.05;

    /// <summary>Learning rate of AdamW. Default 1e-4.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Steps that are timed after the first. Default 2.</summary>
    public int NumSteps { get; init; } = 2;

    /// <summary>Operators' threads. Default 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The documents' tokens.</summary>
    public IReadOnlyList<int[]> Documents { get; init; } = [];

    /// <summary>What documents are padded to.</summary>
    public int Context { get; init; }

    /// <summary>Heads of attention, which weights do not tell.</summary>
    public int Heads { get; init; }
}
