namespace Lhts.Data.Order;

/// <summary>In which order documents come.</summary>
public sealed record OrderOptions
{
    /// <summary>Whether to shuffle; otherwise documents come in file order. Default true.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Another seed is another order; default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>How many blocks (row groups) are mixed document by document and held in memory; default 8.</summary>
    public int WindowBlocks { get; init; } = 8;
}
