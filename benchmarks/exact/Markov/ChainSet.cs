namespace Lhts.Benchmarks.Exact;

/// <summary>Random Markov chains.</summary>
/// <param name="First">Seed of the first.</param>
/// <param name="Count">How many there are.</param>
/// <param name="NumSymbols">S. Default 4.</param>
/// <param name="Length">L. Default 64.</param>
/// <param name="Sharpness">See <see cref="MarkovTeacher"/>. Default 1.</param>
public sealed record ChainSet(int First, int Count, int NumSymbols = 4, int Length = 64, double Sharpness = 1)
{
    /// <summary>As printed.</summary>
    public string Name => $"chains {First} to {First + Count - 1}, {NumSymbols} symbols, length {Length}";

    /// <summary>Makes them.</summary>
    public IReadOnlyList<MarkovTeacher> Teachers() =>
        [.. Enumerable.Range(First, Count).Select(seed => new MarkovTeacher(seed, NumSymbols, Length, Sharpness))];
}
