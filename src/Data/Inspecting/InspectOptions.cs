namespace Lhts.Data.Inspecting;

/// <summary>What to look at in a data set.</summary>
public sealed record InspectOptions
{
    /// <summary>Documents to show; default 3.</summary>
    public int NumSamples { get; init; } = 3;

    /// <summary>Another seed shows others; default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Characters of each sample that are shown; default 300.</summary>
    public int SampleCharacters { get; init; } = 300;
}
